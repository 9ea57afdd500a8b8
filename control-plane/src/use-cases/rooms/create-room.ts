import { expectedTracks } from '../../domain/capacity.ts'
import type { RoomsStore, StandbyLevel } from '../../domain/rooms.ts'
import type { SitesStore } from '../../domain/site-records.ts'
import type { RoomCode } from '../../protocol/room-names.ts'
import { hostKeyFrom, roomIdOf } from '../../protocol/room-id.ts'
import { cleanDisplayName, roomCodeFrom } from '../../protocol/room-names.ts'
import { DEFAULT_ROOM_TTL_SEC } from '../../protocol/limits.ts'

export type CreateRoomDeps = {
  store: Pick<RoomsStore & SitesStore, 'createRoom' | 'shardFor'>
  random: (bytes: number) => Uint8Array
  hash: (secret: string) => string
}

export type CreateRoomInput = {
  title?: string
  expectedParticipants?: number
  site?: string
  tenant?: string
  standby?: StandbyLevel
  /** RFC 3339. */
  startsAt?: string
  /** The site of the person who makes it, as far as it is known. */
  near?: string | undefined
  expiresInSec?: number
}

export type RoomCreated = { code: RoomCode; title: string; hostKey: string; expiresAtMs: number }

/** A room of its own with a fresh code and a fresh host key (130 bits). Nothing is placed until somebody joins. */
export async function createRoom(deps: CreateRoomDeps, input: CreateRoomInput): Promise<RoomCreated> {
  const shard = await deps.store.shardFor(input.site ?? input.near)
  const code = roomCodeFrom(deps.random(9), shard)
  const hostKey = hostKeyFrom(deps.random(17))
  const title = cleanDisplayName(input.title ?? '') ?? ''
  const made = await deps.store.createRoom({
    roomId: roomIdOf(code),
    title,
    hostKeyHash: deps.hash(hostKey),
    costTracks:
      input.expectedParticipants === undefined ? undefined : expectedTracks(input.expectedParticipants),
    site: input.site,
    tenant: input.tenant,
    standby: input.standby,
    startsAtMs: input.startsAt === undefined ? undefined : Date.parse(input.startsAt),
    ttlMs: (input.expiresInSec ?? DEFAULT_ROOM_TTL_SEC) * 1000,
  })
  if ('refused' in made) throw new Error('a fresh room code was taken: the random source is broken')
  return { code, title, hostKey, expiresAtMs: made.expiresAtMs }
}
