import type { RoomRecord, RoomsStore } from '../../domain/rooms.ts'
import type { Refusal } from '../../protocol/problems/refusal.ts'
import { roomIdOf } from '../../protocol/room-id.ts'
import { parseRoomCode, type RoomCode } from '../../protocol/room-names.ts'
import type { ProbedSite } from '../../protocol/shapes/rooms.ts'

export type ViewRoomDeps = {
  rooms: Pick<RoomsStore, 'viewRoom'>
  directory: { sitesToProbe: (likeliest: readonly (string | undefined)[]) => ProbedSite[] }
}

export type RoomFound = RoomRecord & { code: RoomCode; sites: ProbedSite[] }

/** `near`: the site of the client's address. */
export async function viewRoom(
  deps: ViewRoomDeps,
  { room, near }: { room: string; near: string | undefined },
): Promise<RoomFound | Refusal<'room_not_found' | 'store_recovering'>> {
  const code = parseRoomCode(room)
  if (!code) return { refused: 'room_not_found' }
  const found = await deps.rooms.viewRoom(roomIdOf(code))
  if ('refused' in found) return found
  return { ...found, code, sites: deps.directory.sitesToProbe([found.site, near]) }
}
