/** A random walk over everything that can happen to placements, with the invariants looked at after each step. */
import { setImmediate as turn } from 'node:timers/promises'
import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { StoreUnavailable, type RedisClient } from '../../src/redis/connection/client.ts'
import { createFleetStore, type FleetStore } from '../../src/redis/fleet-store.ts'
import {
  shardFrom,
  shardOfRoom,
  parseRoomName,
  roomNameOf,
  type RoomId,
} from '../../src/protocol/room-names.ts'
import { INCLUDES, type ModelRedis } from './redis.ts'
import { seeded } from '../../../deploy/stack/seeded-random.ts'
import { enrolmentOf, makeNodes, readingOf, SITES, type SimNode } from './world.ts'

const REPLICAS = 3
const ROOMS = 10
const KNOWN_REFUSALS = new Set([
  'room_not_found',
  'no_node',
  'fleet_full',
  'site_full',
  'node_full',
  'node_busy',
  'store_recovering',
])

const source = readFileSync(new URL('./check.lua', import.meta.url), 'utf8')
const CHECK = { name: 'check', source, sha: createHash('sha1').update(source).digest('hex') }

const RECORD_SOURCE = `return redis.call('HMGET', KEYS[1] .. ':room:' .. ARGV[1], 'node', 'epoch', 'standby')`
const RECORD = {
  name: 'record',
  source: RECORD_SOURCE,
  sha: createHash('sha1').update(RECORD_SOURCE).digest('hex'),
}

export type WalkOptions = { redis: ModelRedis; kind: RedisClient['kind']; seed: number; steps: number }
export type Walked = {
  steps: number
  answers: number
  moves: number
  refusals: Map<string, number>
  rewinds: number
}

/** Throws with the seed and the step when an invariant does not hold. */
export async function walk({ redis, kind, seed, steps }: WalkOptions): Promise<Walked> {
  const random = seeded(seed, 'walk')
  const nodes = makeNodes()
  /** Every answer that anybody was given: one room and epoch, one node, for ever. */
  const answers = new Map<string, string>()
  const highest = new Map<string, number>()
  const walked: Walked = { steps: 0, answers: 0, moves: 0, refusals: new Map(), rewinds: 0 }
  let faults: string[] = []
  let snapshot: Map<string, Buffer> | undefined
  let snapshotAtMs = 0
  /** Rooms that got a place since: what a rewind is about. */
  const sinceSnapshot = new Set<RoomId>()
  const fault = (sentence: string) => void faults.push(sentence)
  const realNow = Date.now

  await redis.flush()
  await redis.setNow(1_800_000_000_000)
  await redis.seedDraw(seed)
  redis.pending.length = 0

  const open = (owner: number): FleetStore =>
    createFleetStore(redis.storeOf(owner, kind), {
      spillTo: () => SITES,
      standby: 'warm',
      reportWaitMs: 0,
      includes: INCLUDES,
    })
  let owners = 0
  const replicas: { owner: number; store: FleetStore }[] = []
  const newReplica = () => {
    const owner = owners++
    return { owner, store: open(owner) }
  }

  /** Runs one waiting script. `lost`: it is done, but its answer does not arrive. */
  async function deliver(index: number, lost = false): Promise<void> {
    const [call] = redis.pending.splice(index, 1)
    if (!call) return
    const reply = await redis.evaluate(call)
    if (lost) call.reject(new StoreUnavailable('the answer was lost'))
    else call.resolve(reply)
    await settle()
  }
  /** Lets everything that follows from the last answer reach its next script. */
  async function settle(): Promise<void> {
    await turn()
    await turn()
  }
  async function drain(): Promise<void> {
    await settle()
    while (redis.pending.length > 0) await deliver(0)
  }
  /** Does it at once, alone. */
  async function now<T>(act: (store: FleetStore) => Promise<T>): Promise<T | undefined> {
    const result = act(random.pick(replicas).store).catch((error: unknown) => {
      if (error instanceof StoreUnavailable) return undefined
      throw error
    })
    await drain()
    return result
  }

  for (let i = 0; i < REPLICAS; i++) replicas.push(newReplica())
  for (const node of nodes) await now((store) => store.enrolNode(enrolmentOf(node)))
  const homes = new Map<string, string>()
  for (const site of SITES) homes.set(site, (await now((store) => store.shardFor(site))) ?? '')
  const roots = kind === 'cluster' ? [...homes.values()].map((home) => `{lv${home}}`) : ['{lv}']
  let made = 0
  const rooms: RoomId[] = []
  async function makeRoom(at: number): Promise<void> {
    const home = random.pick([...homes.values(), kind === 'cluster' ? shardFrom(1) : shardFrom(0)])
    const id = `${home}${(made++).toString(36).padStart(16, '0')}` as RoomId
    rooms[at] = id
    await now((store) =>
      store.createRoom({
        roomId: id,
        title: '',
        hostKeyHash: 'host',
        costTracks: random.chance(0.7) ? 4 + random.below(60) : undefined,
        site: random.chance(0.3) ? random.pick(SITES) : undefined,
        tenant: random.chance(0.3) ? 'acme' : undefined,
        ttlMs: 3_600_000,
        startsAtMs: random.chance(0.1) ? redis.now() + 60_000 : undefined,
      }),
    )
  }

  function hear(roomId: RoomId, placed: Awaited<ReturnType<FleetStore['placeRoom']>>): void {
    if ('refused' in placed) {
      walked.refusals.set(placed.refused, (walked.refusals.get(placed.refused) ?? 0) + 1)
      if (!KNOWN_REFUSALS.has(placed.refused)) fault(`refused with ${placed.refused}`)
      return
    }
    walked.answers++
    const name = roomNameOf(roomId, placed.epoch)
    const told = answers.get(name)
    if (told !== undefined && told !== placed.node) fault(`${name} is on ${told} and on ${placed.node}`)
    answers.set(name, placed.node)
    if (placed.epoch > (highest.get(roomId) ?? 0)) {
      if (highest.has(roomId)) walked.moves++
      sinceSnapshot.add(roomId)
      highest.set(roomId, placed.epoch)
    }
    if (placed.standby) {
      const second = roomNameOf(roomId, placed.standby.epoch)
      const before = answers.get(second)
      if (before !== undefined && before !== placed.standby.node)
        fault(`${second} stands by on ${before} and on ${placed.standby.node}`)
      if (placed.standby.epoch <= placed.epoch) fault(`${second} stands by for epoch ${placed.epoch}`)
      answers.set(second, placed.standby.node)
      const other = nodes.find(({ id }) => id === placed.standby?.node)
      if (other && other.life !== 'livekit-down' && random.chance(0.5)) other.rooms.set(second, 1)
    }
    const node = nodes.find(({ id }) => id === placed.node)
    if (node && node.life !== 'livekit-down' && random.chance(0.8))
      node.rooms.set(name, (node.rooms.get(name) ?? 0) + 2 + random.below(10))
  }

  function somebodyJoins(store: FleetStore, roomId = random.pick(rooms)): void {
    const near = random.chance(0.5) ? random.pick(SITES) : undefined
    const purpose = random.chance(0.8) ? 'join' : 'rejoin'
    // Who asks may have missed the last moves.
    const heldEpoch = Math.max(0, (highest.get(roomId) ?? 0) - random.below(3))
    store.placeRoom(roomId, purpose, { near, heldEpoch }).then(
      (placed) => hear(roomId, placed),
      () => {},
    )
  }

  /** `mishaps`: now and then an agent says the same thing twice, or does not see its LiveKit. */
  function report(node: SimNode, { mishaps = true } = {}): void {
    if (node.isEnrolling) return
    const { store } = random.pick(replicas)
    const again = mishaps && node.lastReading && random.chance(0.05) ? node.lastReading : undefined
    const reading = again ?? readingOf(node, random, { isBlind: mishaps && random.chance(0.05) })
    const carried = new Map(node.rooms)
    const { boot } = node
    // Until the reply is here, nothing is known of it.
    if (!again) node.acked = undefined
    store.reportNode(reading).then(
      (order) => {
        if ('refused' in order) {
          // An old boot's report is refused. Should one of two boots ago have passed for a new start, the living agent
          // is refused instead: it enrols again, and must then be heard.
          if (again || boot !== node.boot) return
          if (++node.refused > 2) fault(`${node.id} is not recognised`)
          node.isEnrolling = true
          const enrolled = () => void (node.isEnrolling = false)
          return void store.enrolNode(enrolmentOf(node)).then(enrolled, enrolled)
        }
        node.refused = 0
        if (boot !== node.boot) return
        for (const name of [...order.drop, ...order.moved]) node.rooms.delete(name)
        if (again || reading.seq !== node.seq || !reading.rooms || order.wholeRooms) return
        node.acked = { seq: reading.seq, rooms: new Map(carried) }
      },
      () => {},
    )
  }

  const well = () => nodes.filter(({ life }) => life !== 'silent')
  const moves: readonly [number, () => Promise<void> | void][] = [
    [
      30,
      () => {
        somebodyJoins(random.pick(replicas).store)
      },
    ],
    [
      18,
      () => {
        if (well().length > 0) report(random.pick(well()))
      },
    ],
    [10, async () => redis.setNow(redis.now() + random.below(2_500))],
    [1, async () => redis.setNow(redis.now() + random.pick([11_000, 26_000, 130_000]))],
    [
      5,
      () => {
        const node = random.pick(nodes)
        const name = [...node.rooms.keys()][0]
        if (name === undefined) return
        const left = (node.rooms.get(name) ?? 0) - random.below(12)
        if (left <= 0) node.rooms.delete(name)
        else node.rooms.set(name, left)
      },
    ],
    [
      1,
      () => {
        // The machine dies, or only LiveKit does, or only the line to us.
        const node = random.pick(nodes)
        node.life = random.pick(['silent', 'livekit-down', 'silent'] as const)
        if (node.life === 'livekit-down' || random.chance(0.5)) node.rooms.clear()
      },
    ],
    [
      2,
      () => {
        const ill = nodes.filter(({ life }) => life !== 'well')
        if (ill.length === 0) return
        const node = random.pick(ill)
        node.life = 'well'
        if (random.chance(0.5)) {
          node.boot++
          node.seq = 0
          node.acked = undefined
        }
      },
    ],
    [
      1,
      async () => {
        const state = random.pick(['serving', 'serving', 'cordoned', 'draining'] as const)
        const { id } = random.pick(nodes)
        await now((store) =>
          store.setNodeState(
            id,
            state,
            state === 'draining'
              ? { withinMs: 60_000, freeElsewhere: random.chance(0.5) ? [] : undefined }
              : undefined,
          ),
        )
      },
    ],
    [
      1,
      async () => {
        const at = random.below(ROOMS)
        if (random.chance(0.5)) await now((store) => store.endRoom(rooms[at]!, 'host'))
        await makeRoom(at)
      },
    ],
    [2, async () => void (await now((store) => store.sweepSite(random.pick(SITES))))],
    [
      4,
      () => {
        // Nodes are emptied, by a replica that may lose a race with joins and other replicas.
        const { store } = random.pick(replicas)
        const move = async () => {
          for (const { node, rooms: names } of await store.nextToMove())
            for (const name of names) {
              const room = parseRoomName(name)
              if (room) await store.moveRoom({ ...room, node })
            }
        }
        move().catch(() => {})
      },
    ],
    [
      0.5,
      () => {
        const { id } = random.pick(nodes)
        const { store } = random.pick(replicas)
        store
          .markReached(id)
          .then(() => store.condemnNode(id))
          .catch(() => {})
      },
    ],
    [
      0.3,
      () => {
        // A replica dies: what it asked for is done or not, and nobody hears of it.
        const at = random.below(REPLICAS)
        const { owner } = replicas[at]!
        for (let i = redis.pending.length - 1; i >= 0; i--)
          if (redis.pending[i]!.owner === owner && random.chance(0.5))
            redis.pending.splice(i, 1)[0]?.reject(new StoreUnavailable('the replica died'))
        replicas[at] = newReplica()
        // Nobody remembers what it was told, so a Redis that loses just that cannot be found out (docs/adr/0014).
        snapshot = undefined
      },
    ],
    [
      2,
      async () => {
        snapshot = await redis.snapshot()
        sinceSnapshot.clear()
        snapshotAtMs = redis.now()
      },
    ],
    [
      2,
      async () => {
        // Redis comes back with what it had up to a second ago; what was on its way is cut off.
        if (!snapshot || redis.now() - snapshotAtMs > 1_000) return
        // What follows from that meets the same cut: whoever asks is always answered, a replica would wait for ever.
        while (redis.pending.length > 0) {
          for (const call of redis.pending.splice(0)) call.reject(new StoreUnavailable('the line is cut'))
          await settle()
        }
        await redis.restore(snapshot)
        snapshot = undefined
        walked.rewinds++
        // Every replica dials again within the time that Redis gives them, one after the other, and people press on
        // through each as soon as it is there.
        const order = replicas.toSorted(() => random.next() - 0.5)
        for (const { store } of order) {
          for (const site of SITES) store.readNodes({ site, limit: 1 }).catch(() => {})
          for (const roomId of sinceSnapshot) somebodyJoins(store, roomId)
          await drain()
        }
      },
    ],
  ]
  const weights = moves.reduce((sum, [weight]) => sum + weight, 0)

  for (let i = 0; i < ROOMS; i++) await makeRoom(i)
  try {
    for (let step = 0; step < steps; step++) {
      walked.steps++
      // Nobody's clock but Redis' may matter.
      Date.now = () => realNow() + (random.next() - 0.5) * 120_000
      if (redis.pending.length > 0 && random.chance(0.6)) {
        await deliver(random.below(redis.pending.length), random.chance(0.005))
      } else {
        let at = random.next() * weights
        const chosen = moves.find(([weight]) => (at -= weight) < 0) ?? moves[0]!
        await chosen[1]()
        await settle()
      }
      Date.now = realNow
      for (const root of roots) {
        const found = (await redis.evaluate({ script: CHECK, root, args: [] })) as string[]
        faults.push(...found.map((sentence) => `${root} ${sentence}`))
      }
      if (faults.length > 0) throw new Error(`seed ${seed}, ${kind}, step ${step}: ${faults.join('; ')}`)
    }
    await converge()
  } finally {
    Date.now = realNow
  }
  return walked

  async function everybodyReports(): Promise<void> {
    for (let round = 0; round < 3; round++)
      for (const node of nodes) {
        node.life = 'well'
        node.isEnrolling = false
        node.acked = undefined
        report(node, { mishaps: false })
        await drain()
      }
    for (const { id, acked } of nodes) if (!acked) fault(`${id} reports and is not answered`)
  }

  /** Everything comes back, reports and obeys: then a room may run where it is placed, and stand by where it is to. */
  async function converge(): Promise<void> {
    await drain()
    await redis.setNow(redis.now() + 6_000)
    await everybodyReports()
    const allowed = new Map<RoomId, Map<string, string>>()
    for (const roomId of rooms) {
      const root = kind === 'cluster' ? `{lv${shardOfRoom(roomId)}}` : '{lv}'
      const record = (await redis.evaluate({ script: RECORD, root, args: [roomId] })) as (string | null)[]
      const [node, epoch, standby] = record
      const [at, beside] = standby?.split(' ') ?? []
      const ways = new Map([[roomNameOf(roomId, Number(epoch)), node?.replace(/^@.*\//, '') ?? '']])
      if (beside) ways.set(roomNameOf(roomId, Number(at)), beside)
      allowed.set(roomId, ways)
    }
    for (const node of nodes)
      for (const name of node.rooms.keys()) {
        const room = name.slice(0, name.indexOf('~')) as RoomId
        const ways = allowed.get(room)
        // Of a room that was made anew in its place, nothing is asked any more.
        if (ways && ways.get(name) !== node.id)
          fault(`${name} runs on ${node.id}, though it is at ${JSON.stringify([...ways])}`)
      }
    if (faults.length > 0) throw new Error(`seed ${seed}, ${kind}, at the end: ${faults.join('; ')}`)
  }
}
