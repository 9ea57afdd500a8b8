import type { RoomsStore, StandbyLevel } from '../../domain/rooms.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import { roomIdOf } from '../../protocol/room-id.ts'
import { parseRoomCode } from '../../protocol/room-names.ts'

/** How well a room is stood by for; its people are called to ask again, so it holds within a report of its node. */
export async function setStandby(
  store: Pick<RoomsStore, 'setStandby'>,
  input: { room: string; level: StandbyLevel },
): Promise<'set' | Refusal<'room_not_found'>> {
  const code = parseRoomCode(input.room)
  if (!code) return { refused: 'room_not_found' }
  const answer = await store.setStandby(roomIdOf(code), input.level)
  return answer === 'set' ? 'set' : { refused: 'room_not_found' }
}
