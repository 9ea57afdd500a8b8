// Runs alone: it measures how long a process is idle and how soon a hang is detected.
/** LiveKit's process in /proc: found by its ports, stopped, idle, busy, starved. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { listenerOn, livekitProcess } from '../../src/livekit/process.ts'
import { stateName, watchLivekit } from '../../src/livekit/health.ts'
import { freePort, tempDir, until } from '../support/workplace.ts'

const started = new Set<ChildProcess>()
after(() => {
  for (const child of started) child.kill('SIGKILL')
})
/** Runs a line of JavaScript; resolves at its first output. */
async function script(code: string): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
  started.add(child)
  if (child.stdout) await once(child.stdout, 'data')
  return child as ChildProcess & { pid: number }
}
const listen = (ports: number[]) =>
  `let left = ${ports.length}; for (const port of ${JSON.stringify(ports)})
   require('net').createServer().listen(port, '127.0.0.1', () => --left || console.log('ready'))`
const linux = { skip: process.platform === 'linux' ? false : 'only Linux shows processes in /proc' }

test(
  'finds the process that listens on all the ports, not a proxy that listens on one of them',
  linux,
  async () => {
    const [api, metrics, proxied] = [await freePort(), await freePort(), await freePort()]
    const child = await script(listen([api, metrics]))
    await script(listen([proxied]))
    assert.equal(await listenerOn([api, metrics]), child.pid)
    assert.equal(await listenerOn([proxied, metrics]), undefined)
    assert.equal(await listenerOn([api, await freePort()]), undefined)
    assert.equal(await listenerOn([]), undefined)
    assert.equal(await listenerOn([api, metrics], await tempDir()), undefined, 'nothing is visible')
  },
)

test('stopped and woken; busy and idle; gone', linux, async () => {
  const ports = [await freePort(), await freePort()]
  const child = await script(listen(ports))
  const one = livekitProcess(ports)
  assert.equal(one.idleMs(), 0, 'not searched for yet')
  assert.equal(one.isStopped(), false)
  await one.find()
  assert.equal(one.isStopped(), false)

  assert.equal(one.wasActive(), false, 'nothing is known')
  child.kill('SIGSTOP')
  await until('stopped', () => one.isStopped(), 1_000)
  one.startWatch()
  assert.equal(one.idleMs(), 0, 'the first sample has nothing to compare with')
  await until('idle for 100 ms', () => one.idleMs() >= 100, 1_000)
  child.kill('SIGCONT')
  await until('woken', () => !one.isStopped(), 1_000)
  await until('idle for 100 ms', () => one.idleMs() >= 100, 5_000)
  one.startWatch()
  assert.equal(one.idleMs(), 0, 'a new watch')
  assert.equal(one.wasActive(), false)

  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.equal(one.isStopped(), false)
  assert.equal(one.idleMs(), 0)

  const busy = await script(`${listen(ports)}; setTimeout(() => { for (;;); }, 200)`)
  await one.find()
  await until('busy', () => one.idleMs() === 0 && one.idleMs() === 0, 2_000)
  const untilMs = performance.now() + 500
  let samples = 0
  await until('the end', () => {
    samples += 1
    assert.ok(one.idleMs() < 100, 'it is busy all the time')
    assert.ok(one.wasActive())
    return performance.now() >= untilMs
  })
  assert.ok(samples > 10)
  busy.kill('SIGKILL')
})

/** A fake /proc with one process of two threads that listens on the port; the test sets states and CPU time. */
async function recorded(port: number) {
  const proc = await tempDir()
  const put = (path: string, content: string) => {
    mkdirSync(dirname(join(proc, path)), { recursive: true })
    writeFileSync(join(proc, path), content)
  }
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  put('net/tcp', `  sl  local_address\n   0: 0100007F:${hex} 00000000:0000 0A 0:0 00:0 0 0 0 4711 1 0\n`)
  mkdirSync(join(proc, '42/fd'), { recursive: true })
  symlinkSync('socket:[4711]', join(proc, '42/fd/3'))
  return (states: string, ranNs: number) => {
    put('42/stat', `42 (live) kit) ${states.charAt(0)} 1 42`)
    states.split('').forEach((state, i) => {
      put(`42/task/${42 + i}/stat`, `${42 + i} (live) kit) ${state} 1 42`)
      put(`42/task/${42 + i}/schedstat`, `${ranNs} 5 7\n`)
    })
    return proc
  }
}

for (const [what, states, ranNs, idle] of [
  ['sleeps and does not run', 'SS', [7, 7], true],
  ['is stopped', 'TT', [7, 7], true],
  ['is held by a debugger', 'tt', [7, 7], true],
  ['ran between two samples', 'SS', [7, 8], false],
  ['waits for a CPU', 'SR', [7, 7], false],
  ['waits for a disk', 'DS', [7, 7], false],
] as const)
  test(
    `a process that ${what} ${idle ? 'is idle' : 'is active, however slowly it answers'}`,
    linux,
    async (t) => {
      let nowMs = 1_000
      t.mock.method(performance, 'now', () => nowMs)
      const set = await recorded(7880)
      const one = livekitProcess([7880], () => {}, set(states, ranNs[0]))
      await one.find()
      assert.equal(one.idleMs(), 0)
      set(states, ranNs[1])
      nowMs += 400
      assert.equal(one.idleMs(), idle ? 400 : 0)
      assert.equal(one.wasActive(), !idle)
      assert.equal(one.isStopped(), states.toUpperCase() === 'TT')
    },
  )

for (const [what, active, idleMs, fromMs, toMs] of [
  ['not visible', false, 0, 1_700, 4_000],
  ['active', true, 0, 4_900, 12_000],
  ['idle', false, 1_000, 250, 1_500],
] as const)
  test(`no answer, the process ${what}: it counts as hung after ${fromMs} ms or more`, async (t) => {
    let hangs = false
    const port = await freePort()
    const server = createServer((_, response) => void (hangs || response.end()))
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    const states: string[] = []
    const watch = watchLivekit({
      url: new URL(`http://127.0.0.1:${port}`),
      process: {
        find: async () => {},
        isStopped: () => false,
        startWatch: () => {},
        idleMs: () => idleMs,
        wasActive: () => active,
      },
      selfTest: async () => {},
      onChange: (state) => void states.push(stateName(state)),
      onSelfTestFailed: () => {},
    })
    await watch.settled
    hangs = true
    const hungAtMs = performance.now()
    await until('the verdict', () => states.length === 2)
    const tookMs = performance.now() - hungAtMs
    t.diagnostic(`after ${Math.round(tookMs)} ms`)
    assert.deepEqual(states, ['up', 'silent'])
    assert.ok(tookMs >= fromMs && tookMs < toMs, `took ${tookMs} ms`)
    watch.stop()
    server.closeAllConnections()
    server.close()
  })
