import type { RoomRecord, RoomsStore } from '../../domain/rooms.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import type { RoomCode } from '../../protocol/room-names.ts'
import { roomIdOf } from '../../protocol/room-id.ts'
import { parseRoomCode } from '../../protocol/room-names.ts'
import type { SiteBook } from '../sites/site-directory.ts'

export type RoomSeen = RoomRecord & { code: RoomCode; sites: { site: string; probeUrl: string }[] }

/** `near`: the person's site by address. */
export async function viewRoom(
  store: Pick<RoomsStore, 'viewRoom'>,
  book: Pick<SiteBook, 'worthProbing'>,
  input: { room: string; near: string | undefined },
): Promise<RoomSeen | Refusal<'room_not_found' | 'store_recovering'>> {
  const code = parseRoomCode(input.room)
  if (!code) return { refused: 'room_not_found' }
  const room = await store.viewRoom(roomIdOf(code))
  if ('refused' in room) return room
  return { ...room, code, sites: book.worthProbing([room.site, input.near]) }
}
