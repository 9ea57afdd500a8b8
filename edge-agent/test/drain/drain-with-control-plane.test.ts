/** An orderly stop with the real control plane: participants are moved, and the node comes back. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CreatedRoom, JoinAnswer } from '@levee/control-plane/contract'
import { startStack, type EdgeNode, type Stack } from '../../../deploy/stack/stack.ts'
import { enter } from '../support/person.ts'
import { until } from '../support/workplace.ts'

let stack: Stack
before(async () => {
  stack = await startStack({
    nodes: [
      { id: 'one', site: 'hall' },
      { id: 'two', site: 'hall' },
    ],
  })
})
after(() => stack.stop())

const ask = async (path: string, body: object): Promise<unknown> => {
  const reply = await fetch(`${stack.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.ok(reply.ok, `${path} answered ${reply.status}`)
  return reply.json()
}
const statusOf = async (id: string) => {
  const headers = { authorization: `Bearer ${stack.operatorKey}` }
  const fleet = (await (await fetch(`${stack.url}/v1/fleet`, { headers })).json()) as {
    nodes: { node: string; status: string }[]
  }
  return fleet.nodes.find(({ node }) => node === id)?.status
}
const nodeOf = (id: string): EdgeNode => {
  const node = stack.nodes.find((one) => one.id === id)
  assert.ok(node)
  return node
}

test('with participants: they are moved, and only then the node stops; it comes back and serves', async (t) => {
  const { room } = (await ask('/v1/rooms', {})) as CreatedRoom
  const here = (await ask(`/v1/rooms/${room}/join`, { name: 'Ada' })) as JoinAnswer
  const ada = await enter(here.serverUrl, here.participantToken)
  const node = nodeOf(here.node)
  const startedAtMs = performance.now()
  const left = node.leave()
  await until('the message', () => ada.asks().length > 0)
  t.diagnostic(`message ${Math.round(performance.now() - startedAtMs)} ms after SIGTERM`)
  assert.ok(node.agent.running && node.livekit.running, 'it waits')
  const there = (await ask(`/v1/rooms/${room}/rejoin`, { ticket: here.rejoinTicket })) as JoinAnswer
  assert.notEqual(there.node, here.node)
  assert.ok(there.epoch > here.epoch)
  const again = await enter(there.serverUrl, there.participantToken)
  ada.leave()
  await left
  t.diagnostic(`stopped ${Math.round(performance.now() - startedAtMs)} ms after SIGTERM`)
  assert.ok(!node.agent.running && !node.livekit.running)
  assert.notEqual(await statusOf(node.id), 'serving')

  await node.livekit.restart()
  await node.agent.restart()
  await until('it serves', async () => (await statusOf(node.id)) === 'serving')
  again.leave()
})

test('without participants: stops at once', async (t) => {
  const node = nodeOf('one')
  const startedAtMs = performance.now()
  await node.leave()
  const tookMs = performance.now() - startedAtMs
  t.diagnostic(`stopped ${Math.round(tookMs)} ms after SIGTERM`)
  assert.ok(tookMs < 3_000)
  assert.notEqual(await statusOf('one'), 'serving')
})
