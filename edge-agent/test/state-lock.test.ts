// Runs alone: it measures how long a killed agent's lock delays the next one.
/** One agent per node and state folder: two agents with one identity would replace each other's reports. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { agentEnv, runAgent, type Agent } from './support/agent.ts'
import { startRecorder, type Recorder } from './support/recorder.ts'
import { freePort, tempDir, until } from './support/workplace.ts'

let recorder: Recorder
const running = new Set<Agent>()

before(async () => {
  recorder = await startRecorder()
})
after(async () => {
  for (const agent of running) await agent.stop()
  await recorder.goAway()
})

/** An agent without a LiveKit: it reports that LiveKit is down. */
const run = async (stateDir: string, node = 'edge-1') => {
  const nothing = `http://127.0.0.1:${await freePort()}`
  const env = await agentEnv(
    { controlPlaneUrl: recorder.url, livekitUrl: nothing, metricsUrl: `${nothing}/metrics`, stateDir },
    { LEVEE_NODE_ID: node },
  )
  const agent = await runAgent(env)
  running.add(agent)
  return agent
}
const enrolled = (agent: Agent) => until('an enrolment', () => agent.output().includes('"msg":"enrolled"'))

test('a second agent on the same state ends with one sentence; the first is not disturbed', async () => {
  const stateDir = await tempDir()
  const first = await run(stateDir)
  await enrolled(first)
  const second = await run(stateDir)
  await until('the refusal', () =>
    second.output().includes('Another agent runs as edge-1 with this LEVEE_STATE_DIR: stop it, or '),
  )
  assert.equal(await second.exited, 2)
  assert.ok(!second.output().includes('"msg":"enrolled"'))
  const count = recorder.reports().length
  await until('two more reports', () => recorder.reports().length >= count + 2)
  assert.ok(!first.output().includes('lock'))
})

test('an agent that was stopped leaves no lock; one that was killed delays the next by seconds only', async (t) => {
  const stateDir = await tempDir()
  const first = await run(stateDir)
  await enrolled(first)
  await first.stop()
  const afterStopMs = performance.now()
  const second = await run(stateDir)
  await enrolled(second)
  t.diagnostic(`enrolled ${Math.round(performance.now() - afterStopMs)} ms after an orderly stop`)

  second.kill('SIGKILL')
  await second.exited
  const killedAtMs = performance.now()
  const third = await run(stateDir)
  await enrolled(third)
  const tookMs = performance.now() - killedAtMs
  t.diagnostic(`enrolled ${Math.round(tookMs)} ms after kill -9`)
  assert.ok(tookMs < 8_000, 'before the node is suspect, 10 s after its last report')
})

test('agents of different nodes share a folder', async () => {
  const stateDir = await tempDir()
  await Promise.all(['edge-1', 'edge-2'].map(async (node) => enrolled(await run(stateDir, node))))
})
