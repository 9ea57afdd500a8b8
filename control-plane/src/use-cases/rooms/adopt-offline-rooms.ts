import type { NodesStore } from '../../domain/nodes.ts'
import type { RoomsStore } from '../../domain/rooms.ts'
import { DEFAULT_ROOM_TTL_SEC } from '../../protocol/limits.ts'
import type { Refusal } from '../../protocol/problems/refusal.ts'
import { cleanDisplayName } from '../../protocol/names/display-names.ts'
import { shardOfRoom, type RoomId } from '../../protocol/room-names.ts'
import type { OfflineRooms } from '../../protocol/shapes/nodes.ts'
import type { OfflineGrant } from '../../protocol/tickets.ts'

export type AdoptOfflineRoomsDeps = {
  rooms: Pick<RoomsStore, 'adoptRooms'>
  nodes: Pick<NodesStore, 'credentialsOf'>
  grants: { read: (grant: string) => OfflineGrant | null }
  now: () => number
}

/** Takes over the meetings that were started on a node while it was offline, as far as its grant allowed them. */
export async function adoptOfflineRooms(
  deps: AdoptOfflineRoomsDeps,
  { node, grant: text, rooms }: OfflineRooms & { node: string },
): Promise<'adopted' | Refusal<'offline_grant_refused' | 'node_unauthorized' | 'rate_limited'>> {
  const grant = deps.grants.read(text)
  if (!grant || grant.node !== node || grant.may !== 'start') return { refused: 'offline_grant_refused' }
  // The credential of a removed node is still sealed.
  if (!(await deps.nodes.credentialsOf(node))) return { refused: 'node_unauthorized' }
  const { site, shard } = grant
  const allowed = rooms.filter(({ roomId }) => shardOfRoom(roomId) === shard)
  return deps.rooms.adoptRooms(
    { node, site },
    allowed.map(({ roomId, title, hostKeyHash, expiresInSec }) => ({
      roomId: roomId as RoomId,
      title: cleanDisplayName(title) ?? '',
      hostKeyHash,
      expiresAtMs: deps.now() + Math.min(expiresInSec, DEFAULT_ROOM_TTL_SEC) * 1000,
    })),
  )
}
