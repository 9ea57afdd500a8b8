// Agents and control planes of different versions: a refusal says which side to update.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startControlPlanes, type ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import { OLDEST_AGENT_PROTOCOL, PROTOCOL_VERSION, protocolMismatch } from '../../src/protocol/version.ts'
import { agentFor, assertProblem, call, servingAgent, type Agent } from '../support/client.ts'

let stack: ControlPlaneStack
let agent: Agent
before(async () => {
  stack = await startControlPlanes({ replicas: 1 })
  agent = await servingAgent(stack.url, stack.enrolmentKey, { node: 'n1' })
})
after(() => stack.stop())

const enrol = (body: object, bearer = stack.enrolmentKey) =>
  call(`${stack.url}/v1/nodes/enrol`, 'POST', { body, bearer })
const report = (body: unknown, bearer = agent.credential()) =>
  call(`${stack.url}/v1/nodes/n1/report`, 'POST', { body, bearer })

test('every version from the oldest served to ours is compatible, and no other', () => {
  for (let version = OLDEST_AGENT_PROTOCOL; version <= PROTOCOL_VERSION; version++)
    assert.equal(protocolMismatch(version), undefined)
  for (const sent of [OLDEST_AGENT_PROTOCOL - 1, undefined, null, '1', 1.5, Number.NaN])
    assert.equal(protocolMismatch(sent), 'agent_too_old', String(sent))
  assert.equal(protocolMismatch(PROTOCOL_VERSION + 1), 'agent_too_new')
})

test('the answers to an agent state the version of the control plane', async () => {
  assert.equal((await enrol(agent.enrolment)).body.status, undefined)
  const enrolled = await call<{ protocol: number }>(`${stack.url}/v1/nodes/enrol`, 'POST', {
    body: agent.enrolment,
    bearer: stack.enrolmentKey,
  })
  assert.equal(enrolled.body.protocol, PROTOCOL_VERSION)
  assert.equal((await agent.report()).body.protocol, PROTOCOL_VERSION)
})

test('the refusal of an agent without a version, or with a newer one, says which side to update', async () => {
  const { protocol: _, ...unversioned } = agent.enrolment
  const old = await enrol(unversioned)
  assertProblem(old, 426, 'agent_too_old')
  assert.match(old.body.detail, /Update the edge agent/)
  const recent = await enrol({ ...agent.enrolment, protocol: PROTOCOL_VERSION + 1 })
  assertProblem(recent, 426, 'agent_too_new')
  assert.match(recent.body.detail, /Update the control plane/)
  assertProblem(await agent.report({ protocol: PROTOCOL_VERSION + 1 }), 426, 'agent_too_new')
  // A refused agent leaves no trace, and the node still reports as before.
  assert.equal((await agent.report()).status, 200)
})

test('the version is checked before the rest of the body, which may not validate across versions', async () => {
  const strange = { protocol: PROTOCOL_VERSION + 1, reading: ['of another shape'] }
  assertProblem(await enrol(strange), 426, 'agent_too_new')
  assertProblem(await report(strange), 426, 'agent_too_new')
  assertProblem(await report({ anything: 1 }), 426, 'agent_too_old')
  // Of our own version, the shape counts.
  assertProblem(await report({ protocol: PROTOCOL_VERSION }), 400, 'invalid_request')
})

test('a caller without a valid key learns nothing about versions', async () => {
  const strange = { protocol: PROTOCOL_VERSION + 1 }
  assertProblem(await enrol(strange, 'x'.repeat(32)), 401, 'enrolment_refused')
  assertProblem(await report(strange, 'x'.repeat(43)), 401, 'node_unauthorized')
  assertProblem(
    await report(strange, agentFor(stack.url, '', { node: 'n2' }).credential()),
    401,
    'node_unauthorized',
  )
  const unknown = await call(`${stack.url}/v1/nodes/unknown/report`, 'POST', {
    body: strange,
    bearer: agent.credential(),
  })
  assertProblem(unknown, 401, 'node_unauthorized')
})
