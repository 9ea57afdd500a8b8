/**
 * How full the fullest node gets in a burst of new rooms within ten seconds, while nodes report every five. Other rules
 * are simulated in memory with the same arrivals; ours runs the real scripts on a real Redis with a clock that is set
 * here.
 */
import { randomBytes } from 'node:crypto'
import type { NodeReading } from '../src/domain/nodes.ts'
import type { RoomId } from '../src/protocol/room-names.ts'
import { seeded } from '../../deploy/stack/seeded-random.ts'
import { CLOCK_KEY, INCLUDES } from '../test/model/redis.ts'
import { type BenchRedis, inParallel } from './fleet.ts'

const NODES = 1_000
const CAPACITY = 100
const MEAN = 63
const BURST_MS = 10_000
const REPORT_MS = 5_000
/** Rooms of 1 to 20 tracks, evenly distributed; no creator has declared a size. */
const LARGEST_ROOM = 20
const ROOM_TRACKS = (1 + LARGEST_ROOM) / 2
const ROOMS = Math.round((NODES * MEAN) / ROOM_TRACKS)
/** Participants take this long to join a room that was placed. */
const GROW_MS = 5_000
const STEP_MS = 50
const START_MS = 1_900_000_000_000

export type Peak = { rule: string; peak: number; mean: number; refused: number }

type Room = { atMs: number; tracks: number }
type Choose = (room: Room, at: number, seen: Float64Array) => number | Promise<number>

function arrivals(): Room[] {
  const random = seeded(7, 'arrivals')
  const rooms = Array.from({ length: ROOMS }, () => ({
    atMs: random.between(0, BURST_MS),
    tracks: 1 + random.below(LARGEST_ROOM),
  }))
  return rooms.toSorted((a, b) => a.atMs - b.atMs)
}

/** Simulates the burst. `seen` is what the nodes last reported; `beforeStep` is called before each step. */
async function play(
  rule: string,
  choose: Choose,
  beforeStep: (atMs: number, load: (node: number, atMs: number) => number) => Promise<void> = async () => {},
): Promise<Peak> {
  const rooms = arrivals()
  const placed: Room[][] = Array.from({ length: NODES }, () => [])
  const load = (node: number, atMs: number) =>
    placed[node]!.reduce(
      (sum, { atMs: from, tracks }) => sum + tracks * Math.min(1, (atMs - from) / GROW_MS),
      0,
    )
  const seen = new Float64Array(NODES)
  let next = 0
  let refused = 0
  for (let atMs = 0; atMs <= BURST_MS; atMs += STEP_MS) {
    for (let node = 0; node < NODES; node++) {
      // Every five seconds, each node at its own phase.
      const phase = (node * 37) % REPORT_MS
      if (atMs % REPORT_MS <= phase && phase < (atMs % REPORT_MS) + STEP_MS) seen[node] = load(node, atMs)
    }
    await beforeStep(atMs, load)
    const due: Room[] = []
    while (next < rooms.length && rooms[next]!.atMs <= atMs) due.push(rooms[next++]!)
    for (const room of due) {
      const node = await choose(room, atMs, seen)
      if (node < 0) refused++
      else placed[node]!.push(room)
    }
  }
  const final = placed.map((mine) => mine.reduce((sum, { tracks }) => sum + tracks, 0))
  return { rule, peak: Math.max(...final), mean: final.reduce((a, b) => a + b) / NODES, refused }
}

async function playOurs(redis: BenchRedis): Promise<Peak> {
  await redis.flush()
  await redis.setKey(CLOCK_KEY, START_MS - 60_000)
  const store = await redis.openReplica({ includes: { 'lib/clock': INCLUDES['lib/clock'] } })
  const names: Map<string, Room>[] = Array.from({ length: NODES }, () => new Map())
  let seq = 0
  const reading = (node: number, atMs: number): NodeReading => {
    const rooms = [...names[node]!].map(([name, { atMs: from, tracks }]) => ({
      name,
      participants: 1,
      tracks: Math.floor(tracks * Math.min(1, (atMs - from) / GROW_MS)),
    }))
    const load = rooms.reduce((sum, { tracks }) => sum + tracks, 0)
    const capacity = { cpuCores: 1, egressBytesPerSec: 1, packetsPerSec: 1, tracks: CAPACITY }
    const changed = rooms.filter(({ tracks }) => tracks > 0)
    return {
      node: `node-${node}`,
      secretHash: 'a',
      bootId: 'boot-bench',
      seq: ++seq,
      up: true,
      utilisationPpm: Math.round((load / CAPACITY) * 1e6),
      capacityTracks: CAPACITY,
      joinsPerSec: 1_000_000,
      details: { capacity, load: null, cpuBusy: 0, cpuSteal: 0 },
      rooms: { since: 0, changed, gone: [], rooms: changed.length, participants: changed.length },
    }
  }
  await inParallel(NODES, 128, (i) =>
    store.enrolNode({
      node: `node-${i}`,
      site: 'one',
      zone: '',
      url: '',
      apiKey: '',
      sealedSecret: '',
      secretHash: 'a',
      agentVersion: '',
    }),
  )
  await inParallel(NODES, 128, (i) => store.reportNode(reading(i, 0)))
  // The slow start of the nodes is over when the burst comes.
  await redis.setKey(CLOCK_KEY, START_MS)
  await inParallel(NODES, 128, (i) => store.reportNode(reading(i, 0)))
  return play(
    'Levee: best of four, with reservations',
    async (room, atMs) => {
      const roomId = randomBytes(8).toString('hex') as RoomId
      await store.createRoom({
        roomId,
        title: '',
        hostKeyHash: '',
        // As large as earlier rooms of its tenant were: the mean, not its own size.
        costTracks: Math.ceil(ROOM_TRACKS),
        site: undefined,
        tenant: undefined,
        ttlMs: 3_600_000,
        startsAtMs: undefined,
      })
      const placed = await store.placeRoom(roomId, 'join', {})
      if ('refused' in placed) return -1
      const node = Number(placed.node.slice('node-'.length))
      names[node]!.set(`${roomId}~${placed.epoch}`, { ...room, atMs })
      return node
    },
    async (atMs) => {
      await redis.setKey(CLOCK_KEY, START_MS + atMs)
      const due = Array.from({ length: NODES }, (_, node) => node).filter((node) => {
        const phase = (node * 37) % REPORT_MS
        return atMs % REPORT_MS <= phase && phase < (atMs % REPORT_MS) + STEP_MS
      })
      await inParallel(due.length, 64, (i) => store.reportNode(reading(due[i]!, atMs)))
    },
  )
}

export async function benchPeak(redis: BenchRedis): Promise<Peak[]> {
  const random = seeded(11, 'nodes')
  const any = () => random.below(NODES)
  const leastLoaded: Choose = (_room, _at, seen) =>
    seen.reduce((best, load, i) => (load < seen[best]! ? i : best), 0)
  const bestOfTwo: Choose = (_room, _at, seen) => {
    const [a, b] = [any(), any()]
    return seen[a]! <= seen[b]! ? a : b
  }
  return [
    await play('least loaded, by its last report', leastLoaded),
    await play('random', any),
    await play('best of two, by their last reports', bestOfTwo),
    await playOurs(redis),
  ]
}
