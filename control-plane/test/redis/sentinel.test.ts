// The whole control plane on a primary that Sentinel watches: it dies with writes that its replica never received.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startRedisSentinel, type RedisSentinel } from '../../../deploy/stack/redis/sentinel.ts'
import { sendRedisCommand } from '../../../deploy/stack/redis/redis.ts'
import { startControlPlanes, type ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import { ensureRedis } from '../../../deploy/stack/tools/redis.ts'
import { until } from '../../../deploy/stack/until.ts'
import { openSandbox } from '../../../deploy/stack/sandbox.ts'
import type { JoinAnswer } from '../../src/contract/index.ts'
import { type Agent, createRoom, join, servingAgent } from '../support/client.ts'

const place = await openSandbox('sentinel')
const agents: Agent[] = []
let redis: RedisSentinel
let stack: ControlPlaneStack

before(async () => {
  redis = await startRedisSentinel(place.processes, { binary: await ensureRedis(), ...place })
  stack = await startControlPlanes({ redisUrl: redis.url, replicas: 2, logLevel: 'warn' })
  for (const node of ['a', 'b', 'c'])
    agents.push(await servingAgent(stack.url, stack.enrolmentKey, { node, tracks: 100_000 }))
})
after(async () => {
  await stack?.stop()
  await place.close()
})

type Placed = { room: string; seat: JoinAnswer }
async function placeRooms(made: readonly { room: string }[]): Promise<Placed[]> {
  const placed: Placed[] = []
  for (const [i, { room }] of made.entries()) {
    const { status, body } = await join(stack.urls[i % 2] ?? '', room)
    assert.equal(status, 200, JSON.stringify(body))
    placed.push({ room, seat: body })
  }
  return placed
}
const roomsOn = (node: string, placed: readonly Placed[]) =>
  placed
    .filter(({ seat }) => seat.node === node)
    .map(({ seat }) => ({ name: seat.roomName, participants: 2, tracks: 8 }))
const reportAll = (placed: readonly Placed[]) =>
  Promise.all(agents.map((a) => a.report({ livekit: { up: true, rooms: roomsOn(a.node, placed) } })))

test('a failover that loses acknowledged placements: no room on two nodes, live rooms where they were', async (t) => {
  const made = await Promise.all(Array.from({ length: 60 }, () => createRoom(stack.url)))
  const early = await placeRooms(made.slice(0, 20))
  await reportAll(early)
  // The replica has everything up to here and nothing after it.
  await until(async () => (await sendRedisCommand(redis.primary.port, 'WAIT 1 100')).includes(':1'), {
    what: 'the replica is in sync',
  })
  await sendRedisCommand(redis.replica.port, 'REPLICAOF 127.0.0.1 1')
  const late = await placeRooms(made.slice(20))
  // Half of the late rooms have participants, the others have only got an answer.
  const live = [...early, ...late.slice(0, 20)]
  const onTheWay = late.slice(20)
  const killedAtMs = Date.now()
  redis.primary.kill('SIGKILL')

  const answered = new Map<string, Set<string>>()
  const hear = ({ roomName, node }: JoinAnswer) =>
    answered.set(roomName, (answered.get(roomName) ?? new Set()).add(node))
  for (const { seat } of [...early, ...late]) hear(seat)
  // Clients retry at once, through both replicas, while the nodes report what they carry.
  const inAgain = new Map<string, JoinAnswer>()
  let servedAtMs = 0
  const allAreIn = async () => {
    await reportAll(live)
    await Promise.all(
      [...live, ...onTheWay].flatMap(({ room }, i) =>
        [0, 1].map(async (shift) => {
          const { status, body } = await join(stack.urls[(i + shift) % 2] ?? '', room)
          if (status !== 200) return assert.equal(status, 503, JSON.stringify(body))
          servedAtMs ||= Date.now()
          hear(body)
          inAgain.set(room, body)
        }),
      ),
    )
    return inAgain.size === made.length
  }
  await until(allAreIn, { what: 'all participants are in again', timeoutMs: 40_000 })
  t.diagnostic(
    `served again ${servedAtMs - killedAtMs} ms after the kill, all of it after ${Date.now() - killedAtMs} ms`,
  )

  for (const [name, nodes] of answered) assert.equal(nodes.size, 1, `${name} on ${[...nodes].join(' and ')}`)
  for (const { room, seat } of live) {
    const now = inAgain.get(room)
    assert.deepEqual([now?.node, now?.epoch], [seat.node, seat.epoch], 'a live room stays')
  }
  for (const { room, seat } of onTheWay) assert.ok((inAgain.get(room)?.epoch ?? 0) > seat.epoch)
})
