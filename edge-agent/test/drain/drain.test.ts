/** SIGTERM drains the node: a real LiveKit with participants, and a recorder as control plane. */
import assert from 'node:assert/strict'
import { afterEach, before, beforeEach, test } from 'node:test'
import { joinRoom } from '../support/person.ts'
import { agentEnv, runAgent, type Agent } from '../support/agent.ts'
import { startLivekit, type Livekit } from '../support/livekit.ts'
import { startRecorder, type Recorder } from '../support/recorder.ts'
import { tempDir, until } from '../support/workplace.ts'

/** Far longer than what is asserted: only a draining node reports more often. */
const PERIOD_MS = 30_000

let livekit: Livekit
let recorder: Recorder
let env: Record<string, string>
let agent: Agent

before(async () => {
  livekit = await startLivekit()
})
beforeEach(async () => {
  recorder = await startRecorder(PERIOD_MS)
  env = await agentEnv({
    controlPlaneUrl: recorder.url,
    livekitUrl: livekit.url,
    metricsUrl: livekit.metricsUrl,
    stateDir: await tempDir(),
  })
})
afterEach(async () => {
  await agent.stop()
  await recorder.goAway()
})

const run = async (extra: Record<string, string> = {}) => {
  agent = await runAgent({ ...env, ...extra })
  await until('a report with LiveKit up', () => recorder.reports().some((report) => report.livekit.up))
  await until('its own addresses', async () => (await fetch(`${agent.url}/livez`)).ok)
}
const empty = async (): Promise<{ status: number; body: unknown }> => {
  const answer = await fetch(`${agent.url}/empty`)
  return { status: answer.status, body: await answer.json() }
}
const drainReports = () => recorder.reports().filter((report) => report.leaving)

test('with participants: reports at once and often, applies directives until they have left; the final report says that LiveKit is down', async (t) => {
  const people = await Promise.all(['a~1', 'a~1', 'b~1'].map((room) => joinRoom(livekit.url, room)))
  await run()
  assert.deepEqual(await empty(), {
    status: 503,
    body: { mayStop: false, draining: false, rooms: 2, participants: 3 },
  })
  recorder.directive.state = 'draining'
  recorder.directive.moved = ['a~1', 'b~1']
  const signalledAtMs = performance.now()
  agent.kill('SIGTERM')
  const [first] = await until('the report', () => drainReports().length > 0 && drainReports())
  t.diagnostic(`reported ${Math.round((first?.atMs ?? 0) - signalledAtMs)} ms after SIGTERM`)
  assert.ok(first && first.atMs - signalledAtMs < 500)
  assert.ok(first.leaving && first.leaving.withinSec > 110 && first.leaving.withinSec <= 120)
  assert.equal(first.livekit.up, true)
  await until('five more reports', () => drainReports().length >= 6)
  const times = drainReports().map(({ atMs }) => atMs)
  assert.ok((times.at(-1) ?? 0) - (times[0] ?? 0) < 5 * 500 + 1_000, 'one every half second')

  await until('all messages', () => people.every((person) => person.asks().length === 1))
  assert.deepEqual(await empty(), {
    status: 503,
    body: { mayStop: false, draining: true, rooms: 2, participants: 3 },
  })
  const metrics = await (await fetch(`${agent.url}/metrics`)).text()
  assert.match(metrics, /^levee_agent_draining 1$/m)
  assert.match(metrics, /^levee_agent_draining_participants 3$/m)

  for (const person of people) {
    assert.equal(person.gotStopNotice(), false)
    person.leave()
  }
  const leftAtMs = performance.now()
  assert.equal(await agent.exited, 0)
  t.diagnostic(`ended ${Math.round(performance.now() - leftAtMs)} ms after the last person`)
  assert.ok(performance.now() - leftAtMs < 2_000)
  const last = recorder.reports().at(-1)
  assert.equal(last?.livekit.up, false)
  assert.ok(last?.leaving)
  assert.match(agent.output(), /draining: 2 rooms, 3 participants remain/)
  assert.match(agent.output(), /drained: no participants remain/)
  assert.equal((await fetch(livekit.url)).status, 200, 'the agent does not stop LiveKit')
})

test('no participants: ends at once, after a final report', async () => {
  await run()
  const signalledAtMs = performance.now()
  agent.kill('SIGTERM')
  assert.equal(await agent.exited, 0)
  assert.ok(performance.now() - signalledAtMs < 1_000)
  const last = recorder.reports().at(-1)
  assert.ok(last?.leaving && !last.livekit.up)
})

test('no participants and a control plane that hangs: waits no longer than a second', async () => {
  await run()
  const silence = new Promise<never>(() => {})
  recorder.answerAfter(silence)
  const signalledAtMs = performance.now()
  agent.kill('SIGTERM')
  assert.equal(await agent.exited, 0)
  assert.ok(performance.now() - signalledAtMs < 2_000)
  assert.match(agent.output(), /the last report was not accepted/)
})

test('LiveKit down: nothing to wait for', async () => {
  await run()
  livekit.signal('SIGKILL')
  await until('the exit', () => agent.output().includes('LiveKit has exited'))
  assert.equal((await empty()).status, 200)
  agent.kill('SIGTERM')
  assert.equal(await agent.exited, 0)
  assert.match(agent.output(), /drained: LiveKit is down already/)
  await livekit.restart()
})

test('deadline: participants get one notice after half the time; then the agent ends and logs how many remain', async () => {
  const person = await joinRoom(livekit.url, 'stays~1')
  await run({ LEVEE_DRAIN_DEADLINE_SEC: '4' })
  const signalledAtMs = performance.now()
  agent.kill('SIGTERM')
  await until('the report', () => drainReports().length > 0)
  assert.equal(person.gotStopNotice(), false)
  await until('the notice', () => person.gotStopNotice())
  const noticeMs = performance.now() - signalledAtMs
  assert.ok(noticeMs >= 2_000 && noticeMs < 3_500, `notice after ${noticeMs} ms`)
  assert.equal(await agent.exited, 0)
  const tookMs = performance.now() - signalledAtMs
  assert.ok(tookMs >= 4_000 && tookMs < 6_000, `took ${tookMs} ms`)
  assert.equal(person.asks().length, 1)
  assert.match(agent.output(), /participants are notified that this node stops before their rooms were moved/)
  assert.match(agent.output(), /drain ended: the time is up, 1 room, 1 participant remain/)
  assert.equal(drainReports()[0]?.leaving?.withinSec, 4)
  person.leave()
})

for (const [what, second, extra] of [
  ['SIGTERM twice', 'SIGTERM', {}],
  ['SIGTERM, then SIGINT', 'SIGINT', {}],
  ['SIGTERM with a deadline of 0', undefined, { LEVEE_DRAIN_DEADLINE_SEC: '0' }],
] as const)
  test(`${what}: ends at once, with participants on the node`, async () => {
    const person = await joinRoom(livekit.url, 'stays~2')
    await run(extra)
    agent.kill('SIGTERM')
    if (second) {
      await until('the report', () => drainReports().length > 0)
      agent.kill(second)
    }
    const askedAtMs = performance.now()
    assert.equal(await agent.exited, 0)
    assert.ok(performance.now() - askedAtMs < 500)
    assert.equal(drainReports().length > 0, second !== undefined)
    person.leave()
  })

test('control plane unreachable: moved rooms are still closed, and on its return the report carries all rooms', async () => {
  recorder.directive.reportEveryMs = 100
  recorder.directive.moved = ['moved~1']
  const [moved, stays] = [await joinRoom(livekit.url, 'moved~1'), await joinRoom(livekit.url, 'stays~3')]
  await run()
  await until('the message', () => moved.asks().length === 1)
  await recorder.goAway()
  moved.leave()
  await until('the closed room', () => agent.output().includes('it was moved and is empty'))
  agent.kill('SIGTERM')
  await until('the remaining participant in the log', () =>
    agent.output().includes('1 room, 1 participant remain'),
  )
  const count = recorder.reports().length
  recorder.directive.moved = []
  await recorder.comeBack()
  const [first] = await until(
    'a report',
    () => recorder.reports().length > count && recorder.reports().slice(count),
  )
  assert.ok(first?.leaving)
  assert.equal(first.livekit.since, undefined)
  assert.deepEqual(
    first.livekit.rooms?.map(({ name }) => name).filter((name) => name === 'moved~1' || name === 'stays~3'),
    ['stays~3'],
  )
  stays.leave()
  assert.equal(await agent.exited, 0)
})
