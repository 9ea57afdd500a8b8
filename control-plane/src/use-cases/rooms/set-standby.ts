import type { RoomsStore } from '../../domain/rooms.ts'
import type { Refusal } from '../../protocol/problems/refusal.ts'
import { roomIdOf } from '../../protocol/room-id.ts'
import { parseRoomCode } from '../../protocol/room-names.ts'
import type { StandbyLevel } from '../../protocol/shapes/rooms.ts'

export type SetStandbyDeps = { rooms: Pick<RoomsStore, 'setStandby'> }

/** The standby level of a room. Its clients call `rejoin`, so it applies within one report of the node. */
export async function setStandby(
  deps: SetStandbyDeps,
  { room, level }: { room: string; level: StandbyLevel },
): Promise<'set' | Refusal<'room_not_found'>> {
  const code = parseRoomCode(room)
  if (!code) return { refused: 'room_not_found' }
  return deps.rooms.setStandby(roomIdOf(code), level)
}
