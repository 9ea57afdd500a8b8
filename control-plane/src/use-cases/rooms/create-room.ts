import { expectedTracks } from '../../domain/capacity.ts'
import type { RoomsStore } from '../../domain/rooms.ts'
import type { SitesStore } from '../../domain/site-records.ts'
import { DEFAULT_ROOM_TTL_SEC } from '../../protocol/limits.ts'
import { hashSecret, hostKeyFrom, roomIdOf } from '../../protocol/room-id.ts'
import { cleanDisplayName } from '../../protocol/names/display-names.ts'
import { roomCodeFrom, type RoomCode } from '../../protocol/room-names.ts'
import type { CreateRoom } from '../../protocol/shapes/rooms.ts'

export type CreateRoomDeps = {
  rooms: Pick<RoomsStore, 'createRoom'>
  sites: Pick<SitesStore, 'shardFor'>
  randomBytes: (length: number) => Uint8Array
}

export type RoomCreated = { code: RoomCode; title: string; hostKey: string; expiresAtMs: number }

/** A new room with a fresh code and a fresh host key. No node is chosen before the first join. */
export async function createRoom(
  deps: CreateRoomDeps,
  request: CreateRoom & { near: string | undefined },
): Promise<RoomCreated> {
  const shard = await deps.sites.shardFor(request.site ?? request.near)
  const code = roomCodeFrom(deps.randomBytes(9), shard)
  const hostKey = hostKeyFrom(deps.randomBytes(17))
  const title = cleanDisplayName(request.title ?? '') ?? ''
  const created = await deps.rooms.createRoom({
    roomId: roomIdOf(code),
    title,
    hostKeyHash: hashSecret(hostKey),
    costTracks:
      request.expectedParticipants === undefined ? undefined : expectedTracks(request.expectedParticipants),
    site: request.site,
    tenant: request.tenant,
    standby: request.standby,
    startsAtMs: request.startsAt === undefined ? undefined : Date.parse(request.startsAt),
    ttlMs: (request.expiresInSec ?? DEFAULT_ROOM_TTL_SEC) * 1000,
  })
  if (created === 'taken') throw new Error('a fresh room code was taken: the random source is broken')
  return { code, title, hostKey, expiresAtMs: created.expiresAtMs }
}
