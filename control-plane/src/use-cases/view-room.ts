import type { FleetStore, RoomRecord } from '../domain/placement.ts'
import type { Refusal } from '../domain/refusal.ts'
import type { RoomCode } from '../domain/room.ts'
import { parseRoomCode, roomIdOf } from '../domain/room.ts'

export async function viewRoom(
  store: Pick<FleetStore, 'viewRoom'>,
  text: string,
): Promise<(RoomRecord & { code: RoomCode }) | Refusal<'room_not_found'>> {
  const code = parseRoomCode(text)
  if (!code) return { refused: 'room_not_found' }
  const room = await store.viewRoom(roomIdOf(code))
  return 'refused' in room ? room : { ...room, code }
}
