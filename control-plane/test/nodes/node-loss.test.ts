// A node that clients report as lost: it is given up only when it is really gone.
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

/** Stands in for LiveKit: it answers HTTP, and can be ended. */
async function livekit(): Promise<{ url: string; probes: () => number; end: () => Promise<unknown> }> {
  let probes = 0
  const server: Server = createServer((_request, response) => {
    probes++
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}`,
    probes: () => probes,
    end: () => {
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
/** How often a client that lost its node calls rejoin. */
const REJOIN_EVERY_MS = 250
/** Reports like an agent, until stopped. */
function reporting(agent: Agent, livekitRooms: () => string[]): () => void {
  const report = () =>
    void agent.report({
      livekit: { up: true, rooms: livekitRooms().map((name) => ({ name, participants: 2, tracks: 8 })) },
    })
  report()
  const timer = setInterval(report, REPORT_EVERY_MS)
  const stop = () => clearInterval(timer)
  ends.push(stop)
  return stop
}

/** A participant in a room on a node whose LiveKit can end, and a second node that could take the room. */
async function meeting(name: string) {
  const [mine, other] = [await livekit(), await livekit()]
  ends.push(mine.end, other.end)
  const site = name
  const first = await servingAgent(stack.url, stack.enrolmentKey, { node: `${name}-a`, site, url: mine.url })
  const { room } = await createRoom(stack.url, { site })
  const joined = (await join(stack.url, room)).body
  assert.equal(joined.node, `${name}-a`)
  const stopReporting = reporting(first, () => [joined.roomName])
  const second = await servingAgent(stack.url, stack.enrolmentKey, {
    node: `${name}-b`,
    site,
    url: other.url,
  })
  reporting(second, () => [])
  await until(() => mine.probes() > 0, { what: 'a first probe of the node while all is well' })
  const rejoin = async (replica = 0) =>
    (
      await call<JoinAnswer & Problem>(`${stack.urls[replica]}/v1/rooms/${room}/rejoin`, 'POST', {
        body: { ticket: joined.rejoinTicket, lost: joined.epoch },
      })
    ).body
  return { room, joined, mine, stopReporting, rejoin, first }
}
const statusOf = async (node: string) =>
  (await call<FleetView>(`${stack.url}/v1/fleet`, 'GET', { bearer: stack.operatorKey })).body.nodes.find(
    (n) => n.node === node,
  )?.status

test('a client whose own connection broke moves no meeting: the node answers', async () => {
  const { joined, mine, rejoin, stopReporting } = await meeting('alive')
  const before = mine.probes()
  const crowd = await Promise.all(Array.from({ length: 20 }, (_, i) => rejoin(i % 2)))
  assert.deepEqual([...new Set(crowd.map(({ epoch }) => epoch))], [joined.epoch])
  assert.ok(mine.probes() - before <= 2, `${mine.probes() - before} probes for 20 participants`)
  // The same while the agent is silent, as long as the node answers.
  stopReporting()
  const end = performance.now() + 3_000
  while (performance.now() < end) {
    assert.equal((await rejoin()).epoch, joined.epoch)
    await pause(REJOIN_EVERY_MS)
  }
})

test('a node that the control plane cannot reach but whose agent reports is kept', async () => {
  const { joined, mine, rejoin } = await meeting('hidden')
  await mine.end()
  const end = performance.now() + 4_000
  while (performance.now() < end) {
    assert.equal((await rejoin()).epoch, joined.epoch)
    await pause(REJOIN_EVERY_MS)
  }
  assert.equal(await statusOf(joined.node), 'serving')
})

test('a client that calls before the agent has reported gets the new node a moment later, not after a lease', async (t) => {
  const { joined, mine, rejoin, first } = await meeting('crashed')
  await mine.end()
  const died = performance.now()
  const answer = rejoin()
  await pause(20)
  await first.report({ livekit: { up: false, rooms: null } })
  assert.deepEqual([(await answer).node, (await answer).epoch], ['crashed-b', joined.epoch + 1])
  const tookMs = performance.now() - died
  t.diagnostic(`answered with another node ${Math.round(tookMs)} ms after its end`)
  assert.ok(tookMs < 1_000, `${tookMs} ms`)
})

test('a host that vanished, with its agent: participants are on another node within 4 s', async (t) => {
  const { joined, mine, stopReporting, rejoin, first } = await meeting('vanished')
  stopReporting()
  await mine.end()
  const died = performance.now()
  const answers = await Promise.all([rejoin(0), rejoin(1), rejoin(0)])
  const tookMs = performance.now() - died
  for (const answer of answers)
    assert.deepEqual([answer.node, answer.epoch], ['vanished-b', joined.epoch + 1], JSON.stringify(answer))
  t.diagnostic(`answered with another node ${Math.round(tookMs)} ms after its end`)
  assert.ok(tookMs < 4_000, `${tookMs} ms`)
  assert.equal(await statusOf(joined.node), 'down')
  // It was only unreachable: it learns that its room moved, and serves again.
  const order = await first.report({
    livekit: { up: true, rooms: [{ name: joined.roomName, participants: 2, tracks: 8 }] },
  })
  assert.deepEqual(order.body.moved, [joined.roomName])
  assert.equal(await statusOf(joined.node), 'serving')
})

test('a node that answers but lets nobody in: three participants and a join find it, and it gets no more meetings', async () => {
  const { joined, mine, rejoin, room } = await meeting('hole')
  const people = [
    joined,
    ...(await Promise.all([join(stack.url, room), join(stack.url, room)])).map(({ body }) => body),
  ]
  const lose = async (who: JoinAnswer) =>
    (
      await call<JoinAnswer & Problem>(`${stack.url}/v1/rooms/${room}/rejoin`, 'POST', {
        body: { ticket: who.rejoinTicket, lost: joined.epoch },
      })
    ).body
  // One participant, however often, proves nothing.
  for (let i = 0; i < 5; i++) assert.equal((await rejoin()).epoch, joined.epoch)
  assert.equal((await lose(people[1]!)).epoch, joined.epoch)
  const moved = await lose(people[2]!)
  assert.deepEqual([moved.node, moved.epoch], ['hole-b', joined.epoch + 1])
  assert.ok(mine.probes() > 0)
  assert.equal(await statusOf('hole-a'), 'down')
  // Its agent goes on reporting that all is well.
  await pause(2 * REPORT_EVERY_MS)
  assert.equal(await statusOf('hole-a'), 'down')
  const next = await createRoom(stack.url, { site: 'hole' })
  assert.equal((await join(stack.url, next.room)).body.node, 'hole-b')
})
