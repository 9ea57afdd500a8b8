/** Replicas, nodes and rooms of one walk, and what can happen to them. Scripts wait until they are delivered. */
import { setImmediate as turn } from 'node:timers/promises'
import { seeded, type Random } from '../../../deploy/stack/seeded-random.ts'
import type { Placement } from '../../src/domain/rooms.ts'
import { roomNameOf, shardFrom, type RoomId } from '../../src/protocol/room-names.ts'
import { StoreUnavailable, type RedisClient } from '../../src/redis/connection/client.ts'
import { createFlatStore, type FlatStore } from '../support/flat-store.ts'
import { Answers } from './answers.ts'
import { INCLUDES, type ModelRedis } from './redis.ts'
import { enrolmentOf, makeNodes, readingOf, SITES, type SimNode } from './world.ts'

export const REPLICAS = 3
export const ROOMS = 10
const START_MS = 1_800_000_000_000

/** A node may be refused once after two restarts of its agent; more often means that it is locked out. */
const REFUSALS_IN_A_ROW = 2

export type Replica = { owner: number; store: FlatStore }

export class Simulation {
  readonly redis: ModelRedis
  readonly kind: RedisClient['kind']
  readonly random: Random
  readonly nodes = makeNodes()
  readonly replicas: Replica[] = []
  readonly rooms: RoomId[] = []
  readonly faults: string[] = []
  readonly answers = new Answers((sentence) => this.fault(sentence))
  /** An earlier state of Redis, to simulate a lost second. */
  snapshot: { data: Map<string, Buffer>; atMs: number } | undefined
  storeLosses = 0
  shardPrefixes: string[] = []
  #shards: string[] = []
  #owners = 0
  #created = 0

  constructor(redis: ModelRedis, kind: RedisClient['kind'], seed: number) {
    this.redis = redis
    this.kind = kind
    this.random = seeded(seed, 'walk')
  }

  fault(sentence: string): void {
    this.faults.push(sentence)
  }

  async start(seed: number): Promise<void> {
    await this.redis.flush()
    await this.redis.setNow(START_MS)
    await this.redis.seedDraw(seed)
    this.redis.pending.length = 0
    for (let i = 0; i < REPLICAS; i++) this.replicas.push(this.newReplica())
    for (const node of this.nodes) await this.now((store) => store.enrolNode(enrolmentOf(node)))
    for (const site of SITES) this.#shards.push((await this.now((store) => store.shardFor(site))) ?? '')
    this.shardPrefixes = this.kind === 'cluster' ? this.#shards.map((shard) => `{lv${shard}}`) : ['{lv}']
    for (let i = 0; i < ROOMS; i++) await this.createRoom(i)
  }

  newReplica(): Replica {
    const owner = this.#owners++
    const store = createFlatStore(this.redis.clientOf(owner, this.kind), {
      spillTo: () => SITES,
      standby: 'warm',
      reportWaitMs: 0,
      includes: INCLUDES,
    })
    return { owner, store }
  }

  anyStore = (): FlatStore => this.random.pick(this.replicas).store

  /** Runs one waiting script. `isLost`: it runs, but its answer does not arrive. */
  async deliver(index: number, isLost = false): Promise<void> {
    const [call] = this.redis.pending.splice(index, 1)
    if (!call) return
    const reply = await this.redis.evaluate(call)
    if (isLost) call.reject(new StoreUnavailable('the answer was lost'))
    else call.resolve(reply)
    await this.settle()
  }

  /** Waits until everything that follows from the last answer has reached its next script. */
  async settle(): Promise<void> {
    await turn()
    await turn()
  }

  async deliverAll(): Promise<void> {
    await this.settle()
    while (this.redis.pending.length > 0) await this.deliver(0)
  }

  /** Runs everything that waits, then this. */
  async now<T>(act: (store: FlatStore) => Promise<T>): Promise<T | undefined> {
    const result = act(this.anyStore()).catch((error: unknown) => {
      if (error instanceof StoreUnavailable) return undefined
      throw error
    })
    await this.deliverAll()
    return result
  }

  async createRoom(at: number): Promise<void> {
    const { random, redis } = this
    const shard = random.pick([...this.#shards, this.kind === 'cluster' ? shardFrom(1) : shardFrom(0)])
    const roomId = `${shard}${(this.#created++).toString(36).padStart(16, '0')}` as RoomId
    this.rooms[at] = roomId
    await this.now((store) =>
      store.createRoom({
        roomId,
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

  /** A participant joins or rejoins; one who rejoins may have missed the last moves of the room. */
  join(store: FlatStore, roomId = this.random.pick(this.rooms)): void {
    const { random, answers } = this
    const near = random.chance(0.5) ? random.pick(SITES) : undefined
    const purpose = random.chance(0.8) ? 'join' : 'rejoin'
    const heldEpoch = Math.max(0, answers.highestEpoch(roomId) - random.below(3))
    store.placeRoom(roomId, purpose, { near, heldEpoch }).then(
      (placed) => {
        if (answers.add(roomId, placed)) this.#connect(roomId, placed)
      },
      () => {},
    )
  }

  /** Some of the participants who were sent to a node arrive there. */
  #connect(roomId: RoomId, { node, epoch, standby }: Placement): void {
    const { random } = this
    const second = standby && this.#running(standby.node)
    if (second && random.chance(0.5)) second.rooms.set(roomNameOf(roomId, standby.epoch), 1)
    const first = this.#running(node)
    const name = roomNameOf(roomId, epoch)
    if (first && random.chance(0.8))
      first.rooms.set(name, (first.rooms.get(name) ?? 0) + 2 + random.below(10))
  }

  #running(node: string): SimNode | undefined {
    return this.nodes.find(({ id, life }) => id === node && life !== 'livekit-down')
  }

  /** `mishaps`: now and then an agent sends the same report twice, or cannot read its LiveKit. */
  report(node: SimNode, { mishaps = true } = {}): void {
    if (node.isEnrolling) return
    const { random } = this
    const store = this.anyStore()
    const again = mishaps && node.lastReading && random.chance(0.05) ? node.lastReading : undefined
    const reading = again ?? readingOf(node, random, { isBlind: mishaps && random.chance(0.05) })
    const carried = new Map(node.rooms)
    const { boot } = node
    // Until the answer arrives, the agent does not know whether the report was taken.
    if (!again) node.acked = undefined
    store.reportNode(reading).then(
      (order) => {
        if ('refused' in order) {
          // A report of an old boot is refused. If one from two boots ago was taken for a new start, the agent that runs
          // is refused instead: it enrols again and must then be accepted.
          if (again || boot !== node.boot) return
          if (++node.refused > REFUSALS_IN_A_ROW) this.fault(`${node.id} is not recognised`)
          return this.#enrolAgain(store, node)
        }
        node.refused = 0
        if (boot !== node.boot) return
        for (const name of [...order.drop, ...order.moved]) node.rooms.delete(name)
        if (again || reading.seq !== node.seq || !reading.rooms || order.wholeRooms) return
        node.acked = { seq: reading.seq, rooms: carried }
      },
      () => {},
    )
  }

  #enrolAgain(store: FlatStore, node: SimNode): void {
    node.isEnrolling = true
    store
      .enrolNode(enrolmentOf(node))
      .catch(() => {})
      .finally(() => (node.isEnrolling = false))
  }
}
