/** Placement at the level of scripts: calls of the stores, without HTTP. */
import { percentile } from '../../deploy/stack/statistics.ts'
import { type BenchRedis, createRooms, enrolFleet, inParallel, mustPlace } from './fleet.ts'

export type Timing = {
  perSec: number
  p50Ms: number
  p99Ms: number
  redisMicros: number
  replicaMicros: number
}
export type ScriptFigures = { nodes: number; callers: number; fresh: Timing; placed: Timing }
export type ReportFigures = { nodes: number; perSec: number; redisMicros: number; replicaMicros: number }

const ROOMS = { 1: 1_500, 16: 12_000, 64: 20_000 } as const
type Callers = keyof typeof ROOMS

async function time(redis: BenchRedis, count: number, callers: number, act: (i: number) => Promise<unknown>) {
  const redisBefore = redis.cpuMicros()
  const own = process.cpuUsage()
  const startedAtMs = performance.now()
  const took = await inParallel(count, callers, act)
  const sec = (performance.now() - startedAtMs) / 1000
  const { user, system } = process.cpuUsage(own)
  return {
    perSec: count / sec,
    p50Ms: percentile(took, 50),
    p99Ms: percentile(took, 99),
    redisMicros: (redis.cpuMicros() - redisBefore) / count,
    replicaMicros: (user + system) / count,
  }
}

/** For each size of fleet and number of callers: placing new rooms, and joining them again once they are placed. */
export async function benchScripts(
  redis: BenchRedis,
  sizes: readonly number[],
): Promise<{ placements: ScriptFigures[]; reports: ReportFigures[] }> {
  const placements: ScriptFigures[] = []
  const reports: ReportFigures[] = []
  for (const nodes of sizes) {
    await redis.flush()
    // A replica without an earlier write clock: an older one would notice that the data is gone.
    const store = await redis.openReplica()
    const { report } = await enrolFleet(store, nodes)
    // Small fleets report more often, so that the kernel's clock ticks add up to a usable figure.
    const rounds = Math.max(2, Math.ceil(20_000 / nodes))
    let done = 0
    const whole = await time(redis, 1, 1, async () => {
      for (; done < rounds; done++) await report()
    })
    const each = rounds * nodes
    reports.push({
      nodes,
      perSec: whole.perSec * each,
      redisMicros: whole.redisMicros / each,
      replicaMicros: whole.replicaMicros / each,
    })
    for (const callers of [1, 16, 64] as Callers[]) {
      const rooms = await createRooms(store, ROOMS[callers])
      // No node may fall silent during the measurement.
      await report()
      const fresh = await time(redis, rooms.length, callers, (i) => mustPlace(store, rooms[i]!))
      await report()
      const placed = await time(redis, rooms.length, callers, (i) => mustPlace(store, rooms[i]!))
      placements.push({ nodes, callers, fresh, placed })
    }
  }
  return { placements, reports }
}

/** Places rooms through many replicas at once. `split`: rooms for which they did not all get the same node and epoch. */
export async function benchRace(
  redis: BenchRedis,
  rooms: number,
  replicas: number,
): Promise<{ split: number }> {
  await redis.flush()
  const stores = await Promise.all(Array.from({ length: replicas }, () => redis.openReplica()))
  const [first] = stores
  if (!first) throw new RangeError('no replicas')
  const { report } = await enrolFleet(first, 100)
  const created = await createRooms(first, rooms)
  let split = 0
  for (const [i, room] of created.entries()) {
    if (i % 500 === 0) await report()
    const answers = await Promise.all(stores.map((store) => mustPlace(store, room)))
    if (new Set(answers.map(({ node, epoch }) => `${node} ${epoch}`)).size > 1) split++
  }
  return { split }
}

/** Bytes of Redis per node, and per idle room with that many rooms. */
export async function benchMemory(redis: BenchRedis, nodes: number, rooms: readonly number[]) {
  await redis.flush()
  const store = await redis.openReplica()
  const empty = await redis.memory()
  const { report } = await enrolFleet(store, nodes)
  const full = await redis.memory()
  const perRoom: { rooms: number; bytes: number; redisMicrosPerJoin: number }[] = []
  let created = 0
  for (const count of rooms) {
    const more = await createRooms(store, count - created)
    created = count
    const bytes = ((await redis.memory()) - full) / count
    const sample = more.slice(0, 10_000)
    // Creating rooms took longer than a node may be silent.
    await report()
    await inParallel(sample.length, 64, (i) => mustPlace(store, sample[i]!))
    const { redisMicros } = await time(redis, 40_000, 64, (i) => mustPlace(store, sample[i % sample.length]!))
    perRoom.push({ rooms: count, bytes, redisMicrosPerJoin: redisMicros })
  }
  return { bytesPerNode: (full - empty) / nodes, perRoom }
}
