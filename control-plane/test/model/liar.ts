/** A node whose administrator lies in its reports: no room of an honest node may move by its word. */
import { OFFLINE_EPOCHS } from '../../src/protocol/epochs.ts'
import { roomNameOf, shardOfRoom, type RoomId } from '../../src/protocol/room-names.ts'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import { script } from './redis.ts'
import type { Simulation } from './simulation.ts'
import { readingOf } from './world.ts'

const LIAR = 'w2'

const RECORD = script(
  'liar-record',
  `return redis.call('HMGET', KEYS[1] .. ':room:' .. ARGV[1], 'node', 'epoch', 'standby', 'expiresAtMs')`,
)
const LOST = script('liar-lost', `return redis.call('HGET', KEYS[1] .. ':meta', 'writesLostMs')`)

/** The liar reports its own rooms and claims others, at all kinds of epochs. */
export async function lie(sim: Simulation): Promise<void> {
  const liar = sim.nodes.find(({ id }) => id === LIAR)
  if (!liar || liar.life !== 'well' || liar.isEnrolling) return
  await sim.deliverAll()
  // While lost writes are being restored, reports are all that is known.
  if (await isRestoring(sim)) return
  const before = await recordsOf(sim)
  const reading = readingOf(liar, sim.random)
  reading.rooms?.changed.push(...claims(sim))
  const order = await sim.now((store) => store.reportNode(reading))
  liar.acked = undefined
  if (!order || 'refused' in order) return
  for (const name of [...order.drop, ...order.moved]) liar.rooms.delete(name)
  const after = await recordsOf(sim)
  for (const [roomId, record] of before) {
    const isOwn = record.split(' ')[0]?.replace(/^@.*\//, '') === LIAR
    if (!isOwn && after.get(roomId) !== record)
      sim.fault(`${roomId} was “${record}” and is “${after.get(roomId)}” by the word of ${LIAR}`)
  }
}

function claims({ random, rooms, answers, redis }: Simulation) {
  const roomIds = [random.pick(rooms), random.pick(rooms), 'unknownunknown00' as RoomId]
  return roomIds.map((roomId) => {
    const highest = answers.highestEpoch(roomId)
    const epoch = random.pick([
      highest + 1 + random.below(40),
      1 + random.below(20),
      PLACEMENT.restoredEpochMax,
      OFFLINE_EPOCHS + Math.floor(redis.now() / 1_000),
      PLACEMENT.epochMax,
      2 ** 53,
    ])
    return { name: roomNameOf(roomId, epoch), participants: 1, tracks: random.below(1_000) }
  })
}

const prefixOf = ({ kind }: Simulation, roomId: RoomId) =>
  kind === 'cluster' ? `{lv${shardOfRoom(roomId)}}` : '{lv}'

async function isRestoring(sim: Simulation): Promise<boolean> {
  for (const shardPrefix of sim.shardPrefixes) {
    const lostMs = Number(await sim.redis.evaluate({ script: LOST, shardPrefix, args: [] }))
    if (lostMs > 0 && sim.redis.now() - lostMs < PLACEMENT.rebuildMs) return true
  }
  return false
}

/** Node, epoch, standby and end of each room, as text. */
async function recordsOf(sim: Simulation): Promise<Map<RoomId, string>> {
  const records = new Map<RoomId, string>()
  for (const roomId of sim.rooms) {
    const shardPrefix = prefixOf(sim, roomId)
    const values = (await sim.redis.evaluate({ script: RECORD, shardPrefix, args: [roomId] })) as (
      | string
      | null
    )[]
    records.set(roomId, values.map((value) => value ?? '-').join(' '))
  }
  return records
}
