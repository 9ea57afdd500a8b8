import type { PlaceRefusal, Placement, RoomsStore } from '../domain/rooms.ts'
import { roomNameOf, type RoomId } from '../protocol/room-names.ts'
import type { StandbyLevel } from '../protocol/shapes/rooms.ts'
import { PLACE_BATCH, PLACE_TURNS } from '../tuning/redis.ts'
import { batcher } from './batcher.ts'
import { credentialsFrom } from './node-values.ts'
import type { DropRoom } from './rooms-store.ts'
import type { AnswerOf, ItemOf } from './scripting/define-script.ts'
import type { PrepareScript } from './scripting/run-scripts.ts'
import * as scripts from './scripts/placement.ts'
import type { Shards } from './shards.ts'

type PlaceRequest = ItemOf<typeof scripts.placeRooms> & { roomId: RoomId }
type Answer = AnswerOf<typeof scripts.placeRooms>
type Variant<Name> = Extract<Answer, { answer: Name }>
/** The final answer: no other shard has to be called. */
type Settled = Variant<'placed' | 'stays'> | PlaceRefusal

export type PlacementOptions = {
  /** Sites for rooms without a site and for rooms whose own site is full; most promising first. */
  spillTo: () => readonly string[]
  /** Standby level where neither the room nor its tenant has one. */
  standby?: StandbyLevel
}

/**
 * Places rooms. One call where the room's record and its node are in one shard; else the node's shard is called as well, and
 * the record's shard decides.
 */
export function createPlacement(
  prepare: PrepareScript,
  shards: Shards,
  dropRoom: DropRoom,
  { spillTo, standby = 'off' }: PlacementOptions,
): Pick<RoomsStore, 'placeRoom' | 'moveRoom'> {
  const placeRooms = prepare(scripts.placeRooms)
  const holdRoom = prepare(scripts.holdRoom)
  const commitRoom = prepare(scripts.commitRoom)

  const placeInBatch = batcher<PlaceRequest, Answer>({
    size: PLACE_BATCH,
    waitMs: 0,
    call: (shard, requests) =>
      placeRooms(shard, { spillSites: spillTo(), defaultStandbyLevel: standby }, requests),
  })

  /** Joins a room that runs on a node of another shard; 'gone' if the node no longer has it. */
  async function joinElsewhere(
    { roomId, purpose }: PlaceRequest,
    room: Variant<'elsewhere'>,
  ): Promise<Settled | 'gone'> {
    const shard = await shards.ofSite(room.site)
    if (!shard) return 'gone'
    const { node, epoch, cost, title, expiresAtMs } = room
    const at = { roomId, purpose, node, epoch, cost, title, expiresAtMs }
    const joined = await holdRoom(shard, { ...at, leastCost: 0, sites: [], reservationEndMs: 0 })
    if (!('answer' in joined) || joined.answer === 'placed') return joined
    await dropRoom(shard, node, roomNameOf(roomId, epoch), 'moved')
    return 'gone'
  }

  /**
   * Tries sites of other shards in turn and binds the room to the first that has a node; 'lost' if another call was
   * faster.
   */
  async function trySites(
    { roomId, purpose }: PlaceRequest,
    room: Variant<'try_sites'>,
  ): Promise<Settled | 'lost'> {
    const { epoch, nextEpoch, cost, leastCost, title, expiresAtMs, reservationEndMs } = room
    let refused = room.otherwise
    for (const site of shards.isSharded ? room.sites : []) {
      const shard = await shards.ofSite(site)
      if (!shard) continue
      const wanted = {
        roomId,
        purpose,
        epoch: nextEpoch,
        cost,
        leastCost,
        title,
        expiresAtMs,
        reservationEndMs,
      }
      const held = await holdRoom(shard, { ...wanted, sites: [site] })
      if ('refused' in held && held.refused === 'fleet_full' && refused === 'no_node') refused = 'fleet_full'
      if (!('answer' in held) || held.answer !== 'placed') continue
      const { node } = held
      const bound = await commitRoom(shards.ofRoom(roomId), {
        roomId,
        epoch,
        nextEpoch,
        node,
        site: held.site,
      })
      if (bound.answer === 'bound') return held
      await dropRoom(shard, node, roomNameOf(roomId, nextEpoch), undefined)
      return 'lost'
    }
    return { refused }
  }

  /** Another call may be placing the room at the same time; each turn starts from the record as it is then. */
  async function settle(request: PlaceRequest): Promise<Settled> {
    const shard = shards.ofRoom(request.roomId)
    let current = request
    for (let turn = 0; turn < PLACE_TURNS; turn++) {
      const answer = await placeInBatch(shard, current)
      if ('refused' in answer || answer.answer === 'placed' || answer.answer === 'stays') return answer
      if (answer.answer === 'elsewhere') {
        const joined = await joinElsewhere(current, answer)
        if (joined !== 'gone') return joined
        current = { ...request, goneEpoch: answer.epoch }
      } else {
        const placed = await trySites(current, answer)
        if (placed !== 'lost') return placed
      }
    }
    return { refused: 'node_busy' }
  }

  return {
    async placeRoom(roomId, purpose, { near, hostKeyHash, heldEpoch = 0 }) {
      const settled = await settle({ roomId, purpose, hostKeyHash, goneEpoch: 0, near, heldEpoch })
      if ('refused' in settled) return settled
      if (settled.answer === 'stays') throw new TypeError('only a move can stay where it is')
      return placementFrom(settled)
    },

    async moveRoom({ roomId, epoch, node }) {
      const settled = await settle({
        roomId,
        purpose: 'move',
        goneEpoch: epoch,
        fromNode: node,
        heldEpoch: 0,
      })
      if ('refused' in settled) return settled
      return settled.answer === 'placed' ? 'moved' : 'stays'
    },
  }
}

function placementFrom(placed: Variant<'placed'>): Placement {
  const { standby } = placed
  return {
    ...credentialsFrom(placed.credentials),
    node: placed.node,
    epoch: placed.epoch,
    site: placed.site,
    title: placed.title,
    expiresAtMs: placed.expiresAtMs,
    silentMs: placed.silentMs,
    standby:
      standby === undefined
        ? null
        : {
            ...credentialsFrom(standby.credentials),
            node: standby.node,
            epoch: standby.epoch,
            site: standby.site,
            sound: standby.level === 'sound',
          },
  }
}
