import type { RoomsStore } from '../../domain/rooms.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import { roomIdOf } from '../../protocol/room-id.ts'
import { parseRoomCode } from '../../protocol/room-names.ts'

/** A host ends the room for everybody: its link is dead at once, its node drops it with the next report. */
export async function endRoom(
  store: Pick<RoomsStore, 'endRoom'>,
  hash: (secret: string) => string,
  input: { room: string; hostKey: string },
): Promise<'ended' | Refusal<'room_not_found' | 'host_key_refused'>> {
  const code = parseRoomCode(input.room)
  if (!code) return { refused: 'room_not_found' }
  const answer = await store.endRoom(roomIdOf(code), hash(input.hostKey))
  if (answer === 'unknown') return { refused: 'room_not_found' }
  if (answer === 'forbidden') return { refused: 'host_key_refused' }
  return 'ended'
}
