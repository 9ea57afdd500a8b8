/** LiveKit is restarted at the control plane's request: a real LiveKit with participants, and a recorder as control plane. */
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, mock, test } from 'node:test'
import { pino } from 'pino'
import { livekitRestart } from '../../src/livekit/restart.ts'
import { RESTART_SIGNAL_AGAIN_AFTER_MS } from '../../src/tuning/livekit.ts'
import { joinRoom } from '../support/person.ts'
import { agentEnv, runAgent, type Agent } from '../support/agent.ts'
import { startLivekit, type Livekit } from '../support/livekit.ts'
import { startRecorder, type Recorder } from '../support/recorder.ts'
import { tempDir, until } from '../support/workplace.ts'
import { startCuttableProxy } from '../../../deploy/stack/network/cuttable-proxy.ts'

const linux = {
  skip: process.platform === 'linux' ? false : 'only Linux shows LiveKit’s process to the agent',
}

describe('beside a real LiveKit', linux, () => {
  let livekit: Livekit
  let recorder: Recorder
  let agent: Agent
  before(async () => {
    livekit = await startLivekit()
    recorder = await startRecorder()
    const env = await agentEnv({
      controlPlaneUrl: recorder.url,
      livekitUrl: livekit.url,
      metricsUrl: livekit.metricsUrl,
      stateDir: await tempDir(),
    })
    agent = await runAgent(env)
    await until('a start time', () => startedAt() !== undefined)
  })
  after(async () => {
    await agent.stop()
    await recorder.goAway()
  })
  const startedAt = () => recorder.reports().at(-1)?.livekit.startedAtSec

  test('gets SIGTERM once it is empty; the new process is recognised by its start time and not restarted', async (t) => {
    const before = startedAt()
    assert.ok(before !== undefined)
    const person = await joinRoom(livekit.url, 'stays~1')
    recorder.directive.restart = true
    await until('the remaining participant', () => agent.output().includes('1 room, 1 participant remain'))
    assert.equal((await fetch(livekit.url)).status, 200)
    const ended = livekit.ended()
    person.leave()
    const leftAtMs = performance.now()
    await ended
    t.diagnostic(`ended ${Math.round(performance.now() - leftAtMs)} ms after the last person left`)
    await until('the report', () => recorder.reports().at(-1)?.livekit.up === false)

    // A test can restart within one second; the start times must differ.
    await until('another second', () => Date.now() / 1_000 > before + 1, 5_000)
    await livekit.restart()
    await until('another start time', () => (startedAt() ?? 0) > before)
    const reportCount = recorder.reports().length
    await until('five more reports', () => recorder.reports().length > reportCount + 5)
    assert.ok(
      recorder
        .reports()
        .slice(reportCount)
        .every(({ livekit }) => livekit.up && !livekit.cannotRestart),
    )
    assert.equal(agent.output().match(/sent SIGTERM to LiveKit/g)?.length, 1)
    recorder.directive.restart = false
  })
})

test('behind a proxy LiveKit’s process is not visible, which the agent reports', async () => {
  const livekit = await startLivekit()
  const recorder = await startRecorder()
  const line = await startCuttableProxy(new URL(livekit.metricsUrl).origin)
  const env = await agentEnv({
    controlPlaneUrl: recorder.url,
    livekitUrl: livekit.url,
    metricsUrl: `${line.url}/metrics`,
    stateDir: await tempDir(),
  })
  const agent = await runAgent(env)
  const last = () => recorder.reports().at(-1)?.livekit
  await until('a report with LiveKit up', () => last()?.up)
  assert.equal(last()?.cannotRestart, undefined)
  recorder.directive.restart = true
  await until('the report that it cannot', () => last()?.cannotRestart)
  assert.match(agent.output(), /to be restarted by hand: its process is not visible/)
  assert.equal((await fetch(livekit.url)).status, 200)
  recorder.directive.restart = false
  await until('a report without it', () => last()?.cannotRestart === undefined)
  await agent.stop()
  await line.cut()
  await recorder.goAway()
})

describe('the steps without a LiveKit', () => {
  let nowMs: number
  let participants: number
  let pid: number | undefined
  let signals: number[]
  let down: boolean
  let refuses: boolean
  beforeEach(() => {
    ;[nowMs, participants, pid, signals, down, refuses] = [1_000, 0, 7, [], false, false]
    mock.method(performance, 'now', () => nowMs)
  })
  afterEach(() => mock.restoreAll())
  const make = () =>
    livekitRestart({
      process: { locate: async () => pid },
      livekitDown: () => down,
      countOccupancy: async () => ({ rooms: Math.min(1, participants), participants }),
      signal(to) {
        if (refuses) throw new Error('EPERM')
        signals.push(to)
      },
      log: pino({ level: 'silent' }),
    })
  /** A directive, and everything that follows from it at once. */
  const directed = async (one: ReturnType<typeof make>, wanted = true) => {
    one.request(wanted)
    await new Promise((resolve) => setImmediate(resolve))
  }

  test('not while participants are here, not while it is down, not after the request was withdrawn', async () => {
    const one = make()
    participants = 1
    await directed(one)
    participants = 0
    down = true
    await directed(one)
    down = false
    one.request(true)
    one.request(false)
    await directed(one, false)
    assert.deepEqual(signals, [])
    await directed(one)
    assert.deepEqual(signals, [7])
  })

  test('a process that does not end gets a second signal; one that has replaced it gets none', async () => {
    const one = make()
    await directed(one)
    nowMs += RESTART_SIGNAL_AGAIN_AFTER_MS - 1
    await directed(one)
    assert.deepEqual(signals, [7])
    nowMs += 1
    await directed(one)
    assert.deepEqual(signals, [7, 7])
    pid = 8
    nowMs += RESTART_SIGNAL_AGAIN_AFTER_MS
    await directed(one)
    assert.deepEqual(signals, [7, 7])
    await directed(one, false)
    await directed(one)
    assert.deepEqual(signals, [7, 7, 8], 'requested again')
  })

  test('a process that is not visible or may not be signalled: reported as long as that is so', async () => {
    const other = make()
    pid = undefined
    await directed(other)
    assert.equal(other.cannot(), true)
    await directed(other, false)
    assert.equal(other.cannot(), false)
    pid = 7
    refuses = true
    const one = make()
    await directed(one)
    assert.equal(one.cannot(), true)
    refuses = false
    await directed(one)
    assert.equal(one.cannot(), false)
    assert.deepEqual(signals, [7])
  })
})
