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

type Placed = { room: string; joined: JoinAnswer }
async function placeRooms(created: readonly { room: string }[]): Promise<Placed[]> {
  const placed: Placed[] = []
  for (const [i, { room }] of created.entries()) {
    const { status, body } = await join(stack.urls[i % 2] ?? '', room)
    assert.equal(status, 200, JSON.stringify(body))
    placed.push({ room, joined: body })
  }
  return placed
}
const roomsOn = (node: string, placed: readonly Placed[]) =>
  placed
    .filter(({ joined }) => joined.node === node)
    .map(({ joined }) => ({ name: joined.roomName, participants: 2, tracks: 8 }))
const reportAll = (placed: readonly Placed[]) =>
  Promise.all(agents.map((a) => a.report({ livekit: { up: true, rooms: roomsOn(a.node, placed) } })))

test('a failover that loses acknowledged placements: no room on two nodes, live rooms where they were', async (t) => {
  const created = await Promise.all(Array.from({ length: 60 }, () => createRoom(stack.url)))
  const early = await placeRooms(created.slice(0, 20))
  await reportAll(early)
  // The replica has everything up to here and nothing after it.
  await until(async () => (await sendRedisCommand(redis.primary.port, 'WAIT 1 100')).includes(':1'), {
    what: 'the replica is in sync',
  })
  await sendRedisCommand(redis.replica.port, 'REPLICAOF 127.0.0.1 1')
  const late = await placeRooms(created.slice(20))
  // Half of the late rooms have participants; the clients of the others have only received an answer.
  const live = [...early, ...late.slice(0, 20)]
  const withoutParticipants = late.slice(20)
  const killedAtMs = Date.now()
  redis.primary.kill('SIGKILL')

  const answered = new Map<string, Set<string>>()
  const recordAnswer = ({ roomName, node }: JoinAnswer) =>
    answered.set(roomName, (answered.get(roomName) ?? new Set()).add(node))
  for (const { joined } of [...early, ...late]) recordAnswer(joined)
  // Clients retry at once, through both replicas, while the nodes report what they carry.
  const rejoined = new Map<string, JoinAnswer>()
  let servedAtMs = 0
  const allAreIn = async () => {
    await reportAll(live)
    await Promise.all(
      [...live, ...withoutParticipants].flatMap(({ room }, i) =>
        [0, 1].map(async (shift) => {
          const { status, body } = await join(stack.urls[(i + shift) % 2] ?? '', room)
          if (status !== 200) return assert.equal(status, 503, JSON.stringify(body))
          servedAtMs ||= Date.now()
          recordAnswer(body)
          rejoined.set(room, body)
        }),
      ),
    )
    return rejoined.size === created.length
  }
  await until(allAreIn, { what: 'all participants have rejoined', timeoutMs: 40_000 })
  t.diagnostic(
    `served again ${servedAtMs - killedAtMs} ms after the kill, all rooms after ${Date.now() - killedAtMs} ms`,
  )

  for (const [name, nodes] of answered) assert.equal(nodes.size, 1, `${name} on ${[...nodes].join(' and ')}`)
  for (const { room, joined } of live) {
    const now = rejoined.get(room)
    assert.deepEqual([now?.node, now?.epoch], [joined.node, joined.epoch], 'a live room stays')
  }
  for (const { room, joined } of withoutParticipants)
    assert.ok((rejoined.get(room)?.epoch ?? 0) > joined.epoch)
})
