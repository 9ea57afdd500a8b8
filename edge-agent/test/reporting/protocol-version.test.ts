/** Agents and control planes of different protocol versions: the log says which side to update, and retries are rare. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
import { controlPlaneClient } from '../../src/reporting/control-plane-client.ts'
import { INCOMPATIBLE_RETRY_MS } from '../../src/tuning/reporting.ts'
import { agentEnv, runAgent } from '../support/agent.ts'
import { DIRECTIVE, ENROLMENT, play, type Failure } from '../support/play.ts'
import { problem, startRecorder, type Recorder } from '../support/recorder.ts'
import { freePort, tempDir, until } from '../support/workplace.ts'

let recorder: Recorder
before(async () => {
  recorder = await startRecorder()
})
after(() => recorder.goAway())
beforeEach(() => {
  recorder.answerEnrol(undefined)
  recorder.answerReport(undefined)
})

const client = () =>
  controlPlaneClient({
    url: new URL(`${recorder.url}/`),
    node: 'edge-1',
    enrolmentKey: 'k'.repeat(24),
    nodeSecret: 'n'.repeat(43),
  })
const enrol = () => client().enrol(ENROLMENT, new AbortController().signal)
const kindOf = async () => {
  const outcome = await enrol()
  return outcome.kind === 'incompatible' ? outcome.mismatch : outcome.kind
}
const enrolled = (protocol?: unknown) => ({
  status: 201,
  body: {
    node: 'edge-1',
    seal: 's'.repeat(22),
    reportEveryMs: 200,
    ...(protocol !== undefined && { protocol }),
  },
})
const mismatch = (kind: 'agent_too_old' | 'agent_too_new'): Failure => ({
  kind: 'incompatible',
  mismatch: kind,
  detail: `Sentence of ${kind}.`,
})

test('a refusal because of the version is distinguished from other refusals', async () => {
  for (const code of ['agent_too_old', 'agent_too_new'] as const) {
    recorder.answerEnrol(problem(426, code))
    assert.deepEqual(await enrol(), {
      kind: 'incompatible',
      mismatch: code,
      detail: `Detail of ${code}.`,
    })
  }
  recorder.answerEnrol(problem(401, 'enrolment_refused'))
  assert.equal(await kindOf(), 'refused')
})

test('a control plane without a version, or with one before the oldest, is too old; a newer one decides itself', async () => {
  for (const protocol of [undefined, 0]) {
    recorder.answerEnrol(enrolled(protocol))
    const outcome = await enrol()
    assert.ok(outcome.kind === 'incompatible' && outcome.mismatch === 'control_plane_too_old')
    assert.match(outcome.detail, /Update the control plane\.$/)
  }
  for (const protocol of [PROTOCOL_VERSION, PROTOCOL_VERSION + 1]) {
    recorder.answerEnrol(enrolled(protocol))
    assert.equal(await kindOf(), 'ok')
  }
  // Not an answer of a control plane.
  for (const body of ['<html>', {}, { status: 'ok' }]) {
    recorder.answerEnrol({ status: 200, body })
    assert.equal(await kindOf(), 'unavailable')
  }
  const { protocol: _, ...directive } = DIRECTIVE
  recorder.answerReport({ status: 200, body: directive })
  const report = await client().report({} as never, new AbortController().signal)
  assert.equal(report.kind, 'incompatible')
})

for (const [call, answers] of [
  ['enrolment', { enrol: [mismatch('agent_too_old'), mismatch('agent_too_old'), undefined] }],
  ['report', { report: [mismatch('agent_too_old'), mismatch('agent_too_old'), undefined] }],
] as const)
  test(`${call}: one log line at level error, and a retry every 30 s, independent of LiveKit`, async () => {
    const { waits, lines, steps } = await play(
      {
        enrol: [...('enrol' in answers ? answers.enrol : [])],
        report: [...('report' in answers ? answers.report : [undefined])],
      },
      { onWait: (loop) => loop.reportNow() },
    )
    assert.deepEqual(waits.slice(0, 2), [INCOMPATIBLE_RETRY_MS, INCOMPATIBLE_RETRY_MS])
    assert.deepEqual(
      lines.filter(({ level }) => level >= 40).map(({ level, msg }) => [level, msg]),
      [[50, 'Sentence of agent_too_old.']],
    )
    assert.ok(lines.some(({ msg }) => msg === 'the control plane accepts reports again'))
    // A node that is known does not enrol again because of its version.
    assert.equal(steps.filter((step) => step === 'enrol').length, call === 'enrolment' ? 3 : 1)
  })

test('the agent states its version; a metric shows a mismatch until the versions are compatible', async () => {
  const nothing = `http://127.0.0.1:${await freePort()}`
  const startAgent = async () =>
    runAgent(
      await agentEnv({
        controlPlaneUrl: recorder.url,
        livekitUrl: nothing,
        metricsUrl: `${nothing}/metrics`,
        stateDir: await tempDir(),
      }),
    )
  recorder.answerEnrol(problem(426, 'agent_too_new'))
  const agent = await startAgent()
  await until('the log line', () => agent.output().includes('Detail of agent_too_new.'))
  assert.partialDeepStrictEqual(recorder.received.at(-1)?.body, { protocol: PROTOCOL_VERSION })
  const metrics = await (await fetch(`${agent.url}/metrics`)).text()
  assert.match(metrics, /^levee_agent_protocol_mismatch\{reason="agent_too_new"\} 1$/m)
  assert.match(metrics, /^levee_agent_protocol_mismatch\{reason="agent_too_old"\} 0$/m)
  assert.equal(agent.output().match(/"level":50/g)?.length, 1)
  await agent.stop()

  recorder.answerEnrol(undefined)
  const updated = await startAgent()
  const { protocol } = await until('a report', () => recorder.reports().find(({ bootId }) => bootId))
  assert.equal(protocol, PROTOCOL_VERSION)
  const after = await (await fetch(`${updated.url}/metrics`)).text()
  assert.doesNotMatch(after, /^levee_agent_protocol_mismatch\{.*\} 1$/m)
  await updated.stop()
})
