/** A random walk over everything that can happen to placements; the invariants are checked after each step. */
import { readFileSync } from 'node:fs'
import { roomNameOf, shardOfRoom, type RoomId } from '../../src/protocol/room-names.ts'
import type { RedisClient } from '../../src/redis/connection/client.ts'
import { EVENTS } from './events.ts'
import { script, type ModelRedis } from './redis.ts'
import { Simulation } from './simulation.ts'

const CHECK = script('check', readFileSync(new URL('./check.lua', import.meta.url), 'utf8'))
const RECORD = script(
  'record',
  `return redis.call('HMGET', KEYS[1] .. ':room:' .. ARGV[1], 'node', 'epoch', 'standby')`,
)

/** After lost writes, longer than rooms are refused. */
const RECOVERED_MS = 6_000

export type WalkOptions = { redis: ModelRedis; kind: RedisClient['kind']; seed: number; steps: number }
export type Walked = {
  steps: number
  answers: number
  moves: number
  refusals: Map<string, number>
  storeLosses: number
}

/** Throws with the seed and the step when an invariant does not hold. */
export async function walk({ redis, kind, seed, steps }: WalkOptions): Promise<Walked> {
  const sim = new Simulation(redis, kind, seed)
  const { random, answers, faults } = sim
  const realNow = Date.now
  const check = (when: string) => {
    if (faults.length > 0) throw new Error(`seed ${seed}, ${kind}, ${when}: ${faults.join('; ')}`)
  }
  await sim.start(seed)
  try {
    for (let step = 0; step < steps; step++) {
      // No clock but Redis's may matter.
      Date.now = () => realNow() + (random.next() - 0.5) * 120_000
      await takeStep(sim)
      Date.now = realNow
      for (const shardPrefix of sim.shardPrefixes) {
        const found = (await redis.evaluate({ script: CHECK, shardPrefix, args: [] })) as string[]
        faults.push(...found.map((sentence) => `${shardPrefix} ${sentence}`))
      }
      check(`step ${step}`)
    }
    await converge(sim)
    check('at the end')
  } finally {
    Date.now = realNow
  }
  return {
    steps,
    answers: answers.count,
    moves: answers.moves,
    refusals: answers.refusals,
    storeLosses: sim.storeLosses,
  }
}

/** A waiting script runs, or something else happens. */
async function takeStep(sim: Simulation): Promise<void> {
  const { redis, random } = sim
  if (redis.pending.length > 0 && random.chance(0.6)) {
    await sim.deliver(random.below(redis.pending.length), random.chance(0.005))
    return
  }
  await random.weighted(EVENTS)(sim)
  await sim.settle()
}

/** Everything comes back and reports: then a room runs only where it is placed, and where its standby is. */
async function converge(sim: Simulation): Promise<void> {
  await sim.deliverAll()
  await sim.redis.setNow(sim.redis.now() + RECOVERED_MS)
  await reportAll(sim)
  const allowed = new Map<RoomId, Map<string, string>>()
  for (const roomId of sim.rooms) allowed.set(roomId, await placesOf(sim, roomId))
  for (const node of sim.nodes)
    for (const name of node.rooms.keys()) {
      const places = allowed.get(name.slice(0, name.indexOf('~')) as RoomId)
      // A room that was replaced by another is no longer checked.
      if (places && places.get(name) !== node.id)
        sim.fault(`${name} runs on ${node.id}, though it is at ${JSON.stringify([...places])}`)
    }
}

async function reportAll(sim: Simulation): Promise<void> {
  for (let round = 0; round < 3; round++)
    for (const node of sim.nodes) {
      node.life = 'well'
      node.isEnrolling = false
      node.acked = undefined
      sim.report(node, { mishaps: false })
      await sim.deliverAll()
    }
  for (const { id, acked } of sim.nodes) if (!acked) sim.fault(`${id} reports and gets no answer`)
}

/** Room names by node, as the record has them. */
async function placesOf({ redis, kind }: Simulation, roomId: RoomId): Promise<Map<string, string>> {
  const shardPrefix = kind === 'cluster' ? `{lv${shardOfRoom(roomId)}}` : '{lv}'
  const record = (await redis.evaluate({ script: RECORD, shardPrefix, args: [roomId] })) as (string | null)[]
  const [node, epoch, standby] = record
  const [standbyEpoch, standbyNode] = standby?.split(' ') ?? []
  const places = new Map([[roomNameOf(roomId, Number(epoch)), node?.replace(/^@.*\//, '') ?? '']])
  if (standbyNode) places.set(roomNameOf(roomId, Number(standbyEpoch)), standbyNode)
  return places
}
