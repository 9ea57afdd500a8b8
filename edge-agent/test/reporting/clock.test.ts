/** The agent as a process whose wall clock is set: neither the content nor the times of its reports may change. */
import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { before, test } from 'node:test'
import { RoomServiceClient } from 'livekit-server-sdk'
import { fakeClockEnv } from '../../../deploy/stack/environment.ts'
import { agentEnv, runAgent } from '../support/agent.ts'
import { startLivekit, type Livekit } from '../support/livekit.ts'
import { startRecorder } from '../support/recorder.ts'
import { API_KEY, API_SECRET, tempDir, until } from '../support/workplace.ts'

const PERIOD_MS = 200

let livekit: Livekit
before(async () => {
  livekit = await startLivekit()
})

test('a wall clock that is set by a minute, forwards and back, changes nothing', async (t) => {
  const recorder = await startRecorder(PERIOD_MS)
  await new RoomServiceClient(livekit.url, API_KEY, API_SECRET).createRoom({ name: 'stays~1' })
  const agent = await runAgent(
    await agentEnv(
      {
        controlPlaneUrl: recorder.url,
        livekitUrl: livekit.url,
        metricsUrl: livekit.metricsUrl,
        stateDir: await tempDir(),
      },
      fakeClockEnv(60_000, -60_000, 0),
    ),
  )
  const offsets = new Set<number>()
  try {
    await until('a load', () => recorder.reports().at(-1)?.load)
    const from = recorder.reports().length
    await until('40 more reports', async () => {
      const metrics = await (await fetch(`${agent.url}/metrics`)).text()
      const at = Number(/^levee_agent_last_report_timestamp_seconds (.+)$/m.exec(metrics)?.[1])
      offsets.add(Math.round((at - Date.now() / 1_000) / 60))
      return recorder.reports().length >= from + 40
    })
    assert.deepEqual(
      [...offsets].toSorted((a, b) => a - b),
      [-1, 0, 1],
      'the clock was set',
    )

    const reports = recorder.reports().slice(from)
    const waits = reports.slice(1).map(({ atMs }, i) => atMs - (reports[i]?.atMs ?? 0))
    t.diagnostic(`reports ${Math.round(Math.min(...waits))} to ${Math.round(Math.max(...waits))} ms apart`)
    assert.ok(Math.min(...waits) > PERIOD_MS * 0.5 && Math.max(...waits) < PERIOD_MS * 4)
    for (const { livekit, load, host, capacity } of reports) {
      assert.ok(livekit.up && livekit.rooms)
      assert.ok(load && load.cpuCores >= 0 && load.cpuCores <= availableParallelism() * 1.05)
      assert.ok(load.egressBytesPerSec === 0 && load.packetsPerSec === 0)
      assert.ok(host.cpuBusy + host.cpuSteal <= 1)
      assert.deepEqual(capacity, reports[0]?.capacity)
    }
    assert.deepEqual(
      recorder.rooms().map(({ name }) => name),
      ['stays~1'],
    )
    // Only changes, except in every 15th.
    assert.ok(reports.filter((r) => r.livekit.since === undefined).length <= 3)
    assert.ok(!/"level":[456]0/.test(agent.output()), 'no warnings')

    const stoppedAtMs = livekit.signal('SIGSTOP')
    const down = await until('the hang', () => recorder.reports().find((r) => !r.livekit.up))
    livekit.signal('SIGCONT')
    t.diagnostic(`hang reported after ${Math.round(down.atMs - stoppedAtMs)} ms`)
    assert.ok(down.atMs - stoppedAtMs < 3_000)
    await until('LiveKit up again', () => recorder.reports().at(-1)?.livekit.up)
  } finally {
    await agent.stop()
    await recorder.goAway()
  }
})
