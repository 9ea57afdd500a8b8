// `npm start` in normal use and after faults: one data folder; started, damaged, stopped and started again.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, describe, test } from 'node:test'
import { repoDir } from '../../setup/pins.mjs'
import { type FreePorts, claimFreePorts, isTcpFree } from '../../stack/network/free-ports.ts'
import { isAlive, until } from '../../stack/until.ts'
import { type Program, plant, runProgram, startProgram, tempDir } from '../support.ts'

const BOOTSTRAP = join(repoDir, 'deploy/setup/bootstrap.mjs')
const START = fileURLToPath(new URL('../../local/start.ts', import.meta.url))
const dataDir = tempDir()
const blocks: FreePorts[] = []
let env: NodeJS.ProcessEnv
let url: string

before(async () => {
  const [own, nodes] = [await claimFreePorts(), await claimFreePorts()]
  blocks.push(own, nodes)
  const port = await own.tcp()
  url = `http://localhost:${port}`
  env = {
    LEVEE_DATA_DIR: dataDir,
    LEVEE_PORT: String(port),
    LEVEE_REDIS_PORT: String(await own.tcp()),
    // The first of a separate block: the ports of the nodes follow this one.
    LEVEE_NODE_PORTS: String(await nodes.tcp()),
  }
})
after(() => blocks.forEach((block) => block.release()))

const launch = () => startProgram(process.execPath, [BOOTSTRAP, 'start'], { env })
/** For starts that must fail. */
const failing = (more: NodeJS.ProcessEnv) =>
  runProgram(process.execPath, [BOOTSTRAP, 'start'], { env: { ...env, ...more } })

const isReady = (run: Program) =>
  until(() => run.output().includes('Ctrl-C stops it.'), { what: 'the summary', timeoutMs: 60_000 })

/** The pid of start.ts itself, from its file. */
const startPid = () =>
  (JSON.parse(readFileSync(join(dataDir, 'running.json'), 'utf8')) as { pid: number }).pid

const ofProc = (pid: number | string, name: string) => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}

/** Command lines of the running children of start.ts by pid. */
function children(pid: number): Map<number, string> {
  const found = new Map<number, string>()
  for (const entry of readdirSync('/proc')) {
    // “pid (name) state ppid”; the name may contain spaces.
    const parent = Number(/^\d+ \(.*\) [^Z] (\d+)/s.exec(ofProc(entry, 'stat'))?.[1])
    if (parent === pid) found.set(Number(entry), ofProc(entry, 'cmdline').replaceAll('\0', ' ').trim())
  }
  return found
}

function childPid(pid: number, part: string): number | undefined {
  return [...children(pid)].find(([, command]) => command.includes(part))?.[0]
}

const areGone = (pids: Iterable<number>, what: string) =>
  until(() => [...pids].every((pid) => !isAlive(pid)), { what: `the end of ${what}`, timeoutMs: 5_000 })

const secrets = () =>
  JSON.parse(readFileSync(join(dataDir, 'secrets.json'), 'utf8')) as {
    operatorKey: string
    metricsKey: string
    masterKey: string
    enrolmentKey: string
    nodes: Record<string, { apiKey: string; apiSecret: string }>
  }

const get = (path: string, key?: string) =>
  fetch(`${url}${path}`, { ...(key && { headers: { authorization: `Bearer ${key}` } }) })

async function serving(): Promise<string[]> {
  const reply = await get('/v1/fleet', secrets().operatorKey)
  const { nodes } = (await reply.json()) as { nodes: { node: string; site: string; status: string }[] }
  return nodes.filter(({ status }) => status === 'serving').map(({ node, site }) => `${node} in ${site}`)
}
const allServe = () =>
  until(async () => (await serving()).length === 2, { what: 'both nodes serving', timeoutMs: 15_000 })

describe('from the first start to the last', () => {
  let run: Program
  let room: string
  const roomIsThere = async () => (await get(`/v1/rooms/${room}`)).status === 200

  test('the first start ends with five addresses, and all of them answer', async () => {
    run = launch()
    await isReady(run)
    const printed = (what: string) => new RegExp(`^ +${what} +(.+)$`, 'm').exec(run.output())?.[1]
    const { operatorKey, metricsKey } = secrets()
    assert.equal(printed('Start a meeting'), url)
    assert.equal(printed('Operations'), `${url}/ops`)
    assert.equal(printed('sign in with'), operatorKey)
    assert.equal(printed('Metrics'), `${url}/metrics`)
    assert.equal(printed('bearer token'), `“metricsKey” in ${join(dataDir, 'secrets.json')}`)
    assert.equal(printed('API reference'), `${url}/docs`)
    for (const path of ['/', '/ops', '/docs']) {
      const reply = await get(path)
      assert.equal(reply.status, 200, path)
      assert.match(await reply.text(), /<!doctype html>/i)
    }
    assert.match(await (await get('/metrics', metricsKey)).text(), /^# HELP /m)
    assert.equal((await get('/metrics')).status, 401)
    assert.deepEqual((await serving()).toSorted(), ['branch-1 in branch', 'hq-1 in head-office'])
    // No control characters: this is not a terminal.
    assert.ok(!run.output().includes('\x1b') && !run.output().includes('\r'))
    const reply = await fetch(`${url}/v1/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    assert.equal(reply.status, 201)
    room = ((await reply.json()) as { room: string }).room
    assert.ok(await roomIsThere())
  })

  test('no key is on a command line, in a log, or in a file that other users can read', () => {
    const { nodes, ...keys } = secrets()
    const own = Object.values(nodes)
    assert.equal(new Set(own.map(({ apiKey }) => apiKey)).size, 2, 'each node has its own keys')
    const all = [...Object.values(keys), ...own.map(({ apiSecret }) => apiSecret)]
    const commands = [...children(startPid()).values()]
    assert.equal(commands.length, 7, commands.join('\n'))
    const logs = readdirSync(join(dataDir, 'logs'))
    assert.ok(logs.length >= 6)
    const texts = [...commands, ...logs.map((log) => readFileSync(join(dataDir, 'logs', log), 'utf8'))]
    for (const text of texts) for (const key of all) assert.ok(!text.includes(key), text.slice(0, 200))
    const modeOf = (path: string) => statSync(join(dataDir, path)).mode & 0o777
    for (const file of ['secrets.json', 'running.json', 'nodes/hq-1/livekit.yaml', 'logs/control-plane.log'])
      assert.equal(modeOf(file), 0o600, file)
    for (const folder of ['redis', 'logs', 'nodes/hq-1', 'nodes/hq-1/agent'])
      assert.equal(modeOf(folder), 0o700, folder)
  })

  for (const [name, part] of [
    ['hq-1/livekit', 'nodes/hq-1/livekit.yaml'],
    ['redis', 'redis-server'],
    ['control-plane', 'control-plane/src/main.ts'],
    ['branch-1/agent', 'edge-agent/src/main.ts'],
  ] as const)
    test(`kill -9 of ${name}: one line, another process, and all serve again`, async (t) => {
      const before = new Set(children(startPid()).keys())
      const victims = [...children(startPid())].filter(([, command]) => command.includes(part))
      // Both agents have the same command line; their environments differ.
      const [victim = 0] =
        victims.find(
          ([pid]) =>
            victims.length === 1 || ofProc(pid, 'environ').includes(`LEVEE_NODE_ID=${name.split('/')[0]}\0`),
        ) ?? []
      assert.ok(victim > 1)
      const killedAtMs = performance.now()
      process.kill(victim, 'SIGKILL')
      const back = `✓ ${name} is back after `
      await until(() => run.output().includes(back), { what: `${name} back`, timeoutMs: 15_000 })
      await allServe()
      assert.ok(await roomIsThere())
      t.diagnostic(`${name} serves again ${Math.round(performance.now() - killedAtMs)} ms after the kill`)
      assert.equal(isAlive(victim) && before.has(victim) && children(startPid()).has(victim), false)
      const lines = run
        .output()
        .split('\n')
        .filter((line) => line.includes(` ${name} `))
      assert.equal(lines.length, 2, lines.join('\n'))
      assert.match(lines[0] ?? '', /^  ✗ \S+ ended \(killed by SIGKILL\); starting it again in 0\.25 s$/)
    })

  test('a second start with the same data folder: one sentence', async () => {
    const { code, output } = await failing({ LEVEE_PORT: '1' })
    assert.equal(code, 1)
    const pid = startPid()
    assert.equal(
      output,
      `  ✗ Levee is already running on this data at ${url} (pid ${pid}): use that, or stop it with “kill ${pid}” first.\n`,
    )
  })

  test('a port in use: one sentence that names it, the process on it and what to do', async () => {
    const { code, output } = await failing({ LEVEE_DATA_DIR: tempDir() })
    assert.equal(code, 1)
    const port = Number(env['LEVEE_PORT'])
    assert.match(
      output,
      new RegExp(
        `^  ✗ Port ${port} \\(web and API\\) is in use by node \\(pid \\d+\\): stop that, or choose another with LEVEE_PORT=${port + 100} npm start\\n$`,
      ),
    )
  })

  test('Ctrl-C stops all children and frees the ports', async (t) => {
    const pids = [startPid(), ...children(startPid()).keys()]
    const pressedAtMs = performance.now()
    run.kill('SIGINT')
    const { code } = await run.ended
    t.diagnostic(`stopped in ${Math.round(performance.now() - pressedAtMs)} ms`)
    assert.equal(code, 0)
    assert.match(run.output(), /\n  stopped\n$/)
    await areGone(pids, 'all children')
    assert.equal(existsSync(join(dataDir, 'running.json')), false)
    assert.ok(await isTcpFree(Number(env['LEVEE_PORT'])))
  })

  test('the second start is quick and has the data and keys of the first', async (t) => {
    const keys = readFileSync(join(dataDir, 'secrets.json'), 'utf8')
    const startedAtMs = performance.now()
    run = launch()
    await isReady(run)
    const tookMs = performance.now() - startedAtMs
    // The terminal may be shared, and its scrollback is kept.
    assert.ok(!run.output().includes(secrets().operatorKey))
    const asked = await runProgram(process.execPath, [BOOTSTRAP, 'operator-key'], { env })
    assert.equal(asked.output, `${secrets().operatorKey}\n`)
    t.diagnostic(`second start: ${(tookMs / 1_000).toFixed(1)} s`)
    assert.ok(tookMs < 20_000, `took ${tookMs} ms`)
    assert.ok(await roomIsThere())
    assert.equal(readFileSync(join(dataDir, 'secrets.json'), 'utf8'), keys)
    assert.equal((await serving()).length, 2)
  })

  test('kill -9 of the start ends all children, and the next start works', async () => {
    const pids = [...children(startPid()).keys()]
    process.kill(startPid(), 'SIGKILL')
    assert.equal((await run.ended).code, 137)
    await areGone(pids, 'all children')
    assert.ok(existsSync(join(dataDir, 'running.json')))

    run = launch()
    const pid = await until(() => childPid(startPid(), 'livekit.yaml') && startPid(), {
      what: 'a first child',
    })
    const young = [pid, ...children(pid).keys()]
    // While it is starting; this time the bootstrap is killed.
    run.kill('SIGKILL')
    await areGone(young, 'the start after its parent')
    await until(() => children(pid).size === 0, { what: 'no process that was started later' })
  })

  test('SIGTERM while starting: no process is left, and no error is printed', async () => {
    run = launch()
    const pid = await until(() => childPid(startPid(), 'livekit.yaml') && startPid(), {
      what: 'a first child',
    })
    const pids = [pid, ...children(pid).keys()]
    run.kill('SIGTERM')
    assert.equal((await run.ended).code, 0)
    await areGone(pids, 'all children')
    assert.match(run.output(), /\n  stopped\n$/)
    assert.doesNotMatch(run.output(), /Error|ended while starting|did not become ready/)
  })

  test('kill of npm stops everything', async () => {
    run = startProgram('npm', ['start'], { cwd: repoDir, env })
    const pid = await until(() => childPid(startPid(), 'livekit.yaml') && startPid(), {
      what: 'a first child',
    })
    const pids = [pid, ...children(pid).keys()]
    // Its signal reaches the shell that npm runs the script with, and nothing below it.
    run.kill('SIGTERM')
    await areGone(pids, 'all children')
    assert.equal(existsSync(join(dataDir, 'running.json')), false)
  })
})

test('Ctrl-C while LiveKit is being built stops the build', async () => {
  const [tools, cache] = [tempDir(), tempDir()]
  plant(tools, { go: `#!/bin/sh\necho $$ > ${tools}/pid\nexec sleep 1000\n` })
  const run = startProgram(process.execPath, [START], {
    env: {
      ...env,
      LEVEE_DATA_DIR: tempDir(),
      LEVEE_CACHE_DIR: cache,
      LEVEE_LIVEKIT: '',
      PATH: `${tools}:${process.env['PATH'] ?? ''}`,
    },
  })
  const pid = await until(() => Number(readFileSync(join(tools, 'pid'), 'utf8')), { what: 'the build' })
  run.kill('SIGINT')
  assert.equal((await run.ended).code, 0)
  await areGone([pid], 'the build')
  assert.match(run.output(), /^  stopping…\n  stopped\n$/)
  assert.deepEqual(readdirSync(cache), [])
})

describe('faults that make a start impossible give one sentence', () => {
  const refused = async (more: NodeJS.ProcessEnv, sentence: RegExp) => {
    const { code, output } = await failing(more)
    assert.equal(code, 1)
    assert.match(output, sentence)
    assert.doesNotMatch(output, /\n\s+at /, 'no stack')
  }

  test('a data folder that cannot be used', () =>
    refused(
      { LEVEE_DATA_DIR: '/dev/null/data' },
      /\n  ✗ The data folder \/dev\/null\/data cannot be used: choose another with LEVEE_DATA_DIR=… npm start\n$/,
    ))

  test('damaged keys', () => {
    const dir = tempDir()
    writeFileSync(join(dir, 'secrets.json'), '{ "masterKey": "abc')
    return refused(
      { LEVEE_DATA_DIR: dir },
      /^  ✗ \S+secrets\.json is damaged: restore it, or move the folder \S+ away/,
    )
  })

  test('a port that is not a number, and one that is used twice', async () => {
    await refused({ LEVEE_PORT: 'http' }, /^  ✗ LEVEE_PORT must be a port number, 1 to 65000\.\n$/)
    await refused(
      { LEVEE_DATA_DIR: tempDir(), LEVEE_REDIS_PORT: String(env['LEVEE_PORT']) },
      /^  ✗ Port \d+ cannot be both web and API and Redis: choose another LEVEE_PORT\.\n$/,
    )
  })
})
