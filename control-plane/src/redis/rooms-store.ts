import type { RoomsStore } from '../domain/rooms.ts'
import { roomNameOf } from '../protocol/room-names.ts'
import type { PrepareScript } from './scripting/run-scripts.ts'
import * as scripts from './scripts/rooms.ts'
import type { Shards } from './shards.ts'

/** Takes a room from a node whose shard is not that of the room's record, and gives the node an order. */
export type DropRoom = (
  shardPrefix: string,
  node: string,
  name: string,
  order: 'drop' | 'moved' | undefined,
) => Promise<unknown>

export function createDropRoom(prepare: PrepareScript): DropRoom {
  const dropRoom = prepare(scripts.dropRoom)
  return (shardPrefix, node, name, order) => dropRoom(shardPrefix, { node, name, order })
}

export function createRoomsStore(
  prepare: PrepareScript,
  shards: Shards,
  dropRoom: DropRoom,
): Omit<RoomsStore, 'placeRoom' | 'moveRoom'> {
  const createRoom = prepare(scripts.createRoom)
  const viewRoom = prepare(scripts.viewRoom)
  const endRoom = prepare(scripts.endRoom)
  const setStandby = prepare(scripts.setStandby)
  const readOrigin = prepare(scripts.readOrigin)
  const adoptRooms = prepare(scripts.adoptRooms)

  return {
    async createRoom({ standby, livesOn = false, ...room }) {
      const created = await createRoom(shards.ofRoom(room.roomId), {
        ...room,
        livesOn,
        standbyLevel: standby,
      })
      if ('refused' in created) return created
      return created.answer === 'taken' ? 'taken' : { expiresAtMs: created.expiresAtMs }
    },

    async viewRoom(roomId) {
      const room = await viewRoom(shards.ofRoom(roomId), { roomId })
      if ('refused' in room) return room
      return { title: room.title, expiresAtMs: room.expiresAtMs, site: room.site ?? '' }
    },

    async endRoom(roomId, hostKeyHash) {
      const ended = await endRoom(shards.ofRoom(roomId), { roomId, hostKeyHash })
      if ('refused' in ended) return ended
      if (ended.answer === 'elsewhere') {
        const shard = await shards.ofSite(ended.site)
        if (shard) await dropRoom(shard, ended.node, roomNameOf(roomId, ended.epoch), 'drop')
      }
      return 'ended'
    },

    async setStandby(roomId, level) {
      const set = await setStandby(shards.ofRoom(roomId), { roomId, level })
      return 'refused' in set ? set : 'set'
    },

    async originOf(roomId, node) {
      const { ranThere, startedThere } = await readOrigin(shards.ofRoom(roomId), { roomId, node })
      return { ranThere, startedThere }
    },

    async adoptRooms({ node, site }, rooms) {
      const byShard = Map.groupBy(rooms, ({ roomId }) => shards.ofRoom(roomId))
      for (const [shard, mine] of byShard) {
        const { isCut } = await adoptRooms(shard, { node, site }, mine)
        if (isCut) return { refused: 'rate_limited' }
      }
      return 'adopted'
    },
  }
}
