import type { RoomsStore } from '../../domain/rooms.ts'
import type { Refusal } from '../../protocol/problems/refusal.ts'
import { hashSecret, roomIdOf } from '../../protocol/room-id.ts'
import { parseRoomCode } from '../../protocol/room-names.ts'

export type EndRoomDeps = { rooms: Pick<RoomsStore, 'endRoom'> }

/** A host ends the room for everyone: its link stops working at once, and its node closes it after the next report. */
export async function endRoom(
  deps: EndRoomDeps,
  { room, hostKey }: { room: string; hostKey: string },
): Promise<'ended' | Refusal<'room_not_found' | 'host_key_refused'>> {
  const code = parseRoomCode(room)
  if (!code) return { refused: 'room_not_found' }
  return deps.rooms.endRoom(roomIdOf(code), hashSecret(hostKey))
}
