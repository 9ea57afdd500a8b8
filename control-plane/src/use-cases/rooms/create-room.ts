import { expectedTracks } from '../../domain/capacity.ts'
import type { RoomsStore } from '../../domain/rooms.ts'
import type { SitesStore } from '../../domain/site-records.ts'
import { DEFAULT_ROOM_TTL_SEC } from '../../protocol/limits.ts'
import { hashSecret, hostKeyFrom, roomIdOf } from '../../protocol/room-id.ts'
import { cleanDisplayName } from '../../protocol/names/display-names.ts'
import { roomCodeFrom, type RoomCode } from '../../protocol/room-names.ts'
import type { Refusal } from '../../protocol/problems/refusal.ts'
import { PLACEMENT } from '../../tuning/placement.ts'
import type { CreateRoom } from '../../protocol/shapes/rooms.ts'

export type CreateRoomDeps = {
  rooms: Pick<RoomsStore, 'createRoom'>
  sites: Pick<SitesStore, 'shardFor'>
  randomBytes: (length: number) => Uint8Array
}

export type RoomCreated = { code: RoomCode; title: string; hostKey: string; expiresAtMs: number }

/**
 * Load to reserve, as the creator has declared it. What a stranger declares reserves no more than an ordinary room, and no
 * time before its start: whoever may create rooms could fill the fleet with announcements.
 */
function declaredTracks({
  expectedParticipants,
  isTrusted,
}: Pick<CreateRoom, 'expectedParticipants'> & { isTrusted: boolean }): number | undefined {
  if (expectedParticipants === undefined) return undefined
  const tracks = expectedTracks(expectedParticipants)
  return isTrusted || tracks < PLACEMENT.defaultCostTracks ? tracks : undefined
}

/** A new room with a fresh code and a fresh host key. No node is chosen before the first join. */
export async function createRoom(
  deps: CreateRoomDeps,
  request: CreateRoom & { near: string | undefined; isTrusted: boolean },
): Promise<RoomCreated | Refusal<'too_many_rooms'>> {
  const shard = await deps.sites.shardFor(request.site ?? request.near)
  const code = roomCodeFrom(deps.randomBytes(9), shard)
  const hostKey = hostKeyFrom(deps.randomBytes(17))
  const title = cleanDisplayName(request.title ?? '') ?? ''
  const created = await deps.rooms.createRoom({
    roomId: roomIdOf(code),
    title,
    hostKeyHash: hashSecret(hostKey),
    costTracks: declaredTracks(request),
    site: request.site,
    tenant: request.tenant,
    standby: request.standby,
    startsAtMs:
      request.startsAt !== undefined && request.isTrusted ? Date.parse(request.startsAt) : undefined,
    ttlMs: (request.expiresInSec ?? DEFAULT_ROOM_TTL_SEC) * 1000,
    livesOn: request.expiresInSec === undefined,
  })
  if (created !== 'taken' && 'refused' in created) return created
  if (created === 'taken') throw new Error('a fresh room code was taken: the random source is broken')
  return { code, title, hostKey, expiresAtMs: created.expiresAtMs }
}
