/** The agent as a process beside a real LiveKit; the control plane is a recorder that can refuse and stop. */
import { nodeCredential } from '@levee/control-plane/protocol/node-credential'
import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterEach, before, beforeEach, test } from 'node:test'
import { RoomServiceClient } from 'livekit-server-sdk'
import { nodeSecret } from '../src/reporting/identity.ts'
import { agentEnv, runAgent, type Agent } from './support/agent.ts'
import { startLivekit, type Livekit } from './support/livekit.ts'
import { problem, SEAL, startRecorder, type Recorder } from './support/recorder.ts'
import { API_KEY, API_SECRET, ENROLMENT_KEY, freePort, tempDir, until } from './support/workplace.ts'

const PERIOD_MS = 200

let livekit: Livekit
let recorder: Recorder
let stateDir: string
let env: Record<string, string>
let agent: Agent

before(async () => {
  livekit = await startLivekit()
})
beforeEach(async () => {
  recorder = await startRecorder(PERIOD_MS)
  stateDir = await tempDir()
  env = await agentEnv({
    controlPlaneUrl: recorder.url,
    livekitUrl: livekit.url,
    metricsUrl: livekit.metricsUrl,
    stateDir,
  })
})
afterEach(async () => {
  await agent.stop()
  await recorder.goAway()
})

const run = async (extra: Record<string, string> = {}) => {
  agent = await runAgent({ ...env, ...extra })
}
const enrolments = () => recorder.received.filter(({ path }) => path.endsWith('/v1/nodes/enrol'))
const reportedAfter = (count: number) =>
  until('another report', () => recorder.reports().length > count && recorder.reports().at(-1))
const metricsText = async () => (await fetch(`${agent.url}/metrics`)).text()
/** Value of one series. */
const metric = async (series: string) => {
  const line = (await metricsText()).split('\n').find((one) => one.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}
const linesOf = (level: number) =>
  agent
    .output()
    .split('\n')
    .filter((line) => line.includes(`"level":${level}`))

test('enrols with the enrolment key, sends address and key of LiveKit, reports with its own secret', async () => {
  await run()
  await until('three reports', () => recorder.reports().length >= 3)
  const [enrolment, ...more] = enrolments()
  assert.equal(more.length, 0)
  assert.equal(enrolment?.authorization, `Bearer ${ENROLMENT_KEY}`)
  const secret = await nodeSecret(stateDir, 'edge-1')
  assert.deepEqual(enrolment?.body, {
    protocol: PROTOCOL_VERSION,
    node: 'edge-1',
    site: 'head-office',
    url: 'wss://edge-1.example.org',
    apiKey: API_KEY,
    apiSecret: API_SECRET,
    nodeSecret: secret,
    agentVersion: '0.1.0',
  })
  const reports = recorder.received.filter(({ path }) => path === '/v1/nodes/edge-1/report')
  assert.deepEqual(
    new Set(reports.map(({ authorization }) => authorization)),
    new Set([`Bearer ${nodeCredential(secret, SEAL)}`]),
  )
  const received = recorder.reports()
  assert.equal(new Set(received.map(({ bootId }) => bootId)).size, 1)
  assert.deepEqual(
    received.map(({ seq }) => seq),
    received.map((_, index) => index + 1),
  )
  const last = received.at(-1)
  assert.ok(last && last.host.memoryUsedBytes > 0 && last.capacity.tracks > 0 && last.load)
})

test('the operator’s zone and joins per second are sent', async () => {
  await run({ LEVEE_ZONE: 'rack-7', LEVEE_CAPACITY_JOINS_PER_SEC: '40' })
  const report = await reportedAfter(0)
  assert.partialDeepStrictEqual(enrolments()[0]?.body, { zone: 'rack-7' })
  assert.equal(report.joinsPerSec, 40)
})

test('the node secret is created once, and only its owner can read it', async () => {
  await run()
  await until('a report', () => recorder.reports().length > 0)
  const file = join(stateDir, 'edge-1.secret')
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  await agent.stop()
  await run()
  await until('a second enrolment', () => enrolments().length === 2)
  const [first, second] = enrolments().map(({ body }) => (body as { nodeSecret: string }).nodeSecret)
  assert.equal(first, second)
  const boots = await until('a second boot', () => {
    const ids = new Set(recorder.reports().map(({ bootId }) => bootId))
    return ids.size === 2 && ids
  })
  assert.equal(boots.size, 2)
})

test('the state that the control plane orders is a metric, and each change is one log line', async () => {
  await run()
  const shows = (state: string) =>
    until(`${state} in the metrics`, async () => {
      const of = (name: string) => metric(`levee_agent_directive_state{state="${name}"}`)
      const values = {
        serving: await of('serving'),
        cordoned: await of('cordoned'),
        draining: await of('draining'),
      }
      return Object.entries(values).every(([name, value]) => value === (name === state ? 1 : 0))
    })
  for (const state of ['serving', 'cordoned', 'draining', 'serving'] as const) {
    recorder.directive.state = state
    await shows(state)
  }
  assert.equal(agent.output().match(/the node is cordoned/g)?.length, 1)
  assert.equal(agent.output().match(/the node is serving/g)?.length, 2)
})

test('a cordoned node keeps its rooms; a room in `drop` is closed on LiveKit', async () => {
  const rooms = new RoomServiceClient(livekit.url, API_KEY, API_SECRET)
  for (const name of ['stays~1', 'goes~1']) await rooms.createRoom({ name })
  recorder.directive.state = 'cordoned'
  recorder.directive.drop = ['goes~1']
  await run()
  await until('the end of the room', async () => {
    const names = (await rooms.listRooms()).map(({ name }) => name)
    return names.length === 1 && names[0] === 'stays~1'
  })
  await until(
    'the count',
    async () => (await metric('levee_agent_room_orders_total{order="drop",outcome="done"}')) !== undefined,
  )
  await until('the report of the rest', () => recorder.rooms().length === 1)
  await rooms.deleteRoom('stays~1')
})

test('a failed scrape is not zero: the load is unknown, rooms are still sent, metrics keep the last reading, one log line per series', async () => {
  let broken = false
  const port = await freePort()
  const proxy = createServer((_, response) => {
    if (broken) response.writeHead(500).end('<html>')
    else void fetch(livekit.metricsUrl).then(async (real) => response.end(await real.text()))
  })
  await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve))
  proxy.unref()
  await run({ LEVEE_LIVEKIT_METRICS_URL: `http://127.0.0.1:${port}/metrics`, LEVEE_CPU_SCOPE: 'host' })
  await until('a load', () => recorder.reports().at(-1)?.load)
  const before = await until('the load in the metrics', () => metric('levee_agent_load_cpu_cores'))

  for (const row of [1, 2]) {
    broken = true
    const report = await until('an unknown load', () => {
      const last = recorder.reports().at(-1)
      return last?.load === null && last
    })
    assert.equal(report.livekit.up, true)
    assert.deepEqual(report.livekit.rooms, [])
    await until('three failures', async () => {
      const failures = await metric('levee_agent_reading_failures_total{reading="metrics"}')
      return failures !== undefined && failures >= 3
    })
    assert.ok((await metric('levee_agent_load_cpu_cores')) !== 0, 'the last reading is still there')
    assert.equal(agent.output().match(/a reading failed; the last good one is used/g)?.length, row)
    broken = false
    await until('a load again', () => recorder.reports().at(-1)?.load)
    // The output comes through its own pipe and may be read after the next report.
    await until('the line', () => (agent.output().match(/the reading works again/g)?.length ?? 0) >= row)
  }
  assert.ok(before > 0)
  assert.equal(agent.output().match(/the reading works again/g)?.length, 2)
  proxy.close()
})

test('the control plane goes away: one log line, and the node is back within 5 s of its return', async (t) => {
  await run()
  await reportedAfter(2)
  await recorder.goAway()
  await until('the line', () => agent.output().includes('report failed; it will be retried'))
  await until('three tries', async () => {
    const tries = await metric('levee_agent_reports_total{outcome="unreachable"}')
    return tries !== undefined && tries >= 3
  })
  assert.equal((await fetch(`${agent.url}/livez`)).status, 200, 'the agent itself works')
  const count = recorder.reports().length
  await recorder.comeBack()
  const backAtMs = performance.now()
  const { atMs } = await reportedAfter(count)
  t.diagnostic(`reported ${Math.round(atMs - backAtMs)} ms after the control plane was back`)
  assert.ok(atMs - backAtMs < 5_500)
  const [first] = recorder.reports().slice(count)
  assert.ok(first?.livekit.rooms && first.livekit.since === undefined, 'with all rooms')
  assert.equal(enrolments().length, 1, 'a known node does not enrol again')
  assert.equal(linesOf(40).length, 1)
  await until('the recovery', () => agent.output().includes('the control plane accepts reports again'))
})

test('a control plane that has lost the node gets a new enrolment with the same secret', async () => {
  await run()
  await reportedAfter(1)
  recorder.answerReport(problem(404, 'node_unknown'))
  await until('a new enrolment', () => enrolments().length >= 2)
  recorder.answerReport(undefined)
  await reportedAfter(recorder.reports().length)
  await until('the line', () => agent.output().includes('accepts reports again'))
  assert.deepEqual(enrolments()[0]?.body, enrolments()[1]?.body)
})

test('a wrong enrolment key: one log line and one try, also while LiveKit comes and goes', async () => {
  recorder.answerEnrol(problem(401, 'enrolment_key_refused'))
  await run()
  await until('the line', () =>
    agent.output().includes('enrolment refused: Detail of enrolment_key_refused.'),
  )
  livekit.signal('SIGKILL')
  await until('the exit', () => agent.output().includes('LiveKit has exited'))
  await livekit.restart()
  await until('the return', () => agent.output().match(/LiveKit answers/g)?.length === 2)
  assert.equal(enrolments().length, 1)
  assert.equal(recorder.reports().length, 0)
  assert.equal(linesOf(50).length, 1)
  assert.ok(!agent.output().includes(ENROLMENT_KEY))
})

test('no secret is in the log at the lowest level, nor in the metrics', async () => {
  await run({ LEVEE_LOG_LEVEL: 'trace' })
  await reportedAfter(2)
  recorder.answerReport(problem(401, 'node_unauthorized'))
  await until('a new enrolment', () => enrolments().length >= 2)
  recorder.answerReport({ status: 500, body: {} })
  await until('a failed report', () => agent.output().includes('report failed'))
  const secrets = [ENROLMENT_KEY, API_SECRET, await nodeSecret(stateDir, 'edge-1')]
  const outputs = { log: agent.output(), metrics: await metricsText() }
  for (const [where, text] of Object.entries(outputs)) {
    assert.ok(text.length > 100)
    for (const secret of secrets) assert.ok(!text.includes(secret), `a secret is in the ${where}`)
  }
})

test('the agent’s own server: /metrics, /livez, and nothing else', async () => {
  await run()
  await until('life', () =>
    fetch(`${agent.url}/livez`).then(
      ({ status }) => status === 200,
      () => false,
    ),
  )
  const metrics = await fetch(`${agent.url}/metrics`)
  assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  const text = await metrics.text()
  for (const name of [
    'levee_agent_build_info{version="0.1.0"} 1',
    'levee_agent_livekit_up 1',
    'levee_agent_capacity_tracks ',
    'levee_agent_host_cpu_steal_ratio ',
    'levee_agent_reports_total',
  ])
    assert.ok(text.includes(name), name)
  assert.equal((await fetch(`${agent.url}/metrics`, { method: 'POST' })).status, 405)
  assert.equal((await fetch(`${agent.url}/`)).status, 404)
})

test('a port that is taken: one sentence', async () => {
  await run({ LEVEE_AGENT_PORT: new URL(livekit.url).port })
  assert.equal(await agent.exited, 2)
  const [fatal, ...more] = linesOf(60)
  assert.match(fatal ?? '', /is taken by another process: choose another LEVEE_AGENT_PORT\./)
  assert.equal(more.length, 0)
})

test('SIGINT ends the agent at once; LiveKit keeps running', async () => {
  await run()
  await reportedAfter(1)
  agent.kill('SIGINT')
  assert.equal(await agent.exited, 0)
  assert.match(agent.output(), /edge agent stops/)
  assert.equal((await fetch(livekit.url)).status, 200)
})
