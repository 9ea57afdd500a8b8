import type { OfflineGrant } from '../../protocol/tickets.ts'
import type { RoomsStore } from '../../domain/rooms.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import { cleanDisplayName, shardOfRoom, type RoomId } from '../../protocol/room-names.ts'
import { DEFAULT_ROOM_TTL_SEC } from '../../protocol/limits.ts'

export type OfflineRoomsInput = {
  node: string
  grant: string
  rooms: { roomId: string; title: string; hostKeyHash: string; expiresInSec: number }[]
}

/** After a branch was cut off: the meetings that were started there become known, as far as its rules allowed them. */
export async function adoptRooms(
  deps: {
    store: Pick<RoomsStore, 'adoptRooms'>
    readGrant: (text: string) => OfflineGrant | null
    now: () => number
  },
  { node, grant: text, rooms }: OfflineRoomsInput,
): Promise<'adopted' | Refusal<'offline_grant_refused'>> {
  const grant = deps.readGrant(text)
  if (!grant || grant.node !== node || grant.may !== 'start') return { refused: 'offline_grant_refused' }
  const { site, shard } = grant
  const ours = rooms.filter(({ roomId }) => shardOfRoom(roomId) === shard)
  await deps.store.adoptRooms(
    ours.map(({ roomId, title, hostKeyHash, expiresInSec }) => ({
      roomId: roomId as RoomId,
      title: cleanDisplayName(title) ?? '',
      hostKeyHash,
      site,
      expiresAtMs: deps.now() + Math.min(expiresInSec, DEFAULT_ROOM_TTL_SEC) * 1000,
    })),
  )
  return 'adopted'
}
