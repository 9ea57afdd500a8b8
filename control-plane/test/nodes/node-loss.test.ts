// A node that people lost: given up by their word only when it is really gone, whatever one of them says.
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import type { ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import type { FleetView, JoinAnswer, Problem } from '../../src/contract/index.ts'
import { call, createRoom, join, servingAgent, type Agent } from '../support/client.ts'

let stack: ControlPlaneStack
before(async () => {
  stack = await startControlPlanes({ replicas: 2, logLevel: 'warn' })
})
after(() => stack.stop())

/** What stands for LiveKit here: something that answers HTTP, and can be gone. */
async function livekit(): Promise<{ url: string; looks: () => number; die: () => Promise<unknown> }> {
  let looks = 0
  const server: Server = createServer((_request, response) => {
    looks++
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}`,
    looks: () => looks,
    die: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})
const REPORT_EVERY_MS = 500
/** A client in trouble. */
const ASK_EVERY_MS = 250
/** Reports like an agent, until told to fall silent. */
function reporting(agent: Agent, livekitRooms: () => string[]): () => void {
  const say = () =>
    void agent.report({
      livekit: { up: true, rooms: livekitRooms().map((name) => ({ name, participants: 2, tracks: 8 })) },
    })
  say()
  const timer = setInterval(say, REPORT_EVERY_MS)
  const stop = () => clearInterval(timer)
  ends.push(stop)
  return stop
}

/** A person in a room on a node whose LiveKit can die, a second node that could take it, and what they ask. */
async function meeting(name: string) {
  const [mine, other] = [await livekit(), await livekit()]
  ends.push(mine.die, other.die)
  const site = name
  const first = await servingAgent(stack.url, stack.enrolmentKey, { node: `${name}-a`, site, url: mine.url })
  const { room } = await createRoom(stack.url, { site })
  const seat = (await join(stack.url, room)).body
  assert.equal(seat.node, `${name}-a`)
  const silence = reporting(first, () => [seat.roomName])
  const second = await servingAgent(stack.url, stack.enrolmentKey, {
    node: `${name}-b`,
    site,
    url: other.url,
  })
  reporting(second, () => [])
  await until(() => mine.looks() > 0, { what: 'a first look at the node while all is well' })
  const ask = async (replica = 0) =>
    (
      await call<JoinAnswer & Problem>(`${stack.urls[replica]}/v1/rooms/${room}/rejoin`, 'POST', {
        body: { ticket: seat.rejoinTicket, lost: seat.epoch },
      })
    ).body
  return { seat, mine, silence, ask, first }
}
const statusOf = async (node: string) =>
  (await call<FleetView>(`${stack.url}/v1/fleet`, 'GET', { bearer: stack.operatorKey })).body.nodes.find(
    (n) => n.node === node,
  )?.status

test('one whose own line broke moves nobody: the node answers', async () => {
  const { seat, mine, ask, silence } = await meeting('alive')
  const before = mine.looks()
  const crowd = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(i % 2)))
  assert.deepEqual([...new Set(crowd.map(({ epoch }) => epoch))], [seat.epoch])
  assert.ok(mine.looks() - before <= 2, `${mine.looks() - before} looks for 20 people`)
  // Nor does it when the agent is silent, but the node answers.
  silence()
  const end = performance.now() + 3_000
  while (performance.now() < end) {
    assert.equal((await ask()).epoch, seat.epoch)
    await pause(ASK_EVERY_MS)
  }
})

test('the agent’s word is better than ours: a node that cannot be reached from here but reports is kept', async () => {
  const { seat, mine, ask } = await meeting('hidden')
  await mine.die()
  const end = performance.now() + 4_000
  while (performance.now() < end) {
    assert.equal((await ask()).epoch, seat.epoch)
    await pause(ASK_EVERY_MS)
  }
  assert.equal(await statusOf(seat.node), 'serving')
})

test('who asks before the agent has spoken hears its word a moment later, not after a lease', async (t) => {
  const { seat, mine, ask, first } = await meeting('crashed')
  await mine.die()
  const died = performance.now()
  const answer = ask()
  await pause(20)
  await first.report({ livekit: { up: false, rooms: null } })
  assert.deepEqual([(await answer).node, (await answer).epoch], ['crashed-b', seat.epoch + 1])
  const tookMs = performance.now() - died
  t.diagnostic(`answered with another node ${Math.round(tookMs)} ms after its end`)
  assert.ok(tookMs < 1_000, `${tookMs} ms`)
})

test('a host that vanished: nothing answers and its agent is silent; people are elsewhere within 4 s', async (t) => {
  const { seat, mine, silence, ask, first } = await meeting('vanished')
  silence()
  await mine.die()
  const died = performance.now()
  const answers = await Promise.all([ask(0), ask(1), ask(0)])
  const tookMs = performance.now() - died
  for (const answer of answers)
    assert.deepEqual([answer.node, answer.epoch], ['vanished-b', seat.epoch + 1], JSON.stringify(answer))
  t.diagnostic(`answered with another node ${Math.round(tookMs)} ms after its end`)
  assert.ok(tookMs < 4_000, `${tookMs} ms`)
  assert.equal(await statusOf(seat.node), 'down')
  // It was only cut off: it is told, and serves again.
  const order = await first.report({
    livekit: { up: true, rooms: [{ name: seat.roomName, participants: 2, tracks: 8 }] },
  })
  assert.deepEqual(order.body.moved, [seat.roomName])
  assert.equal(await statusOf(seat.node), 'serving')
})
