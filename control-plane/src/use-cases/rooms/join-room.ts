import type { RoomsStore } from '../../domain/rooms.ts'
import { hashSecret, roomIdOf } from '../../protocol/room-id.ts'
import { cleanDisplayName } from '../../protocol/names/display-names.ts'
import { parseRoomCode } from '../../protocol/room-names.ts'
import type { JoinRoom } from '../../protocol/shapes/rooms.ts'
import { joinAnswer, type JoinAnswerDeps, type Joined, type JoinRefusal } from './join-answer.ts'

export type JoinRoomDeps = JoinAnswerDeps & {
  rooms: Pick<RoomsStore, 'placeRoom'>
  newIdentity: () => string
}

/**
 * Joins a new participant. One round trip to the store, then local signatures. `room`: the code as the client sent it.
 * `near`: the site nearest to the client.
 */
export async function joinRoom(
  deps: JoinRoomDeps,
  input: Omit<JoinRoom, 'site'> & { room: string; near: string | undefined },
): Promise<Joined | JoinRefusal> {
  const code = parseRoomCode(input.room)
  if (!code) return { refused: 'room_not_found' }
  const name = cleanDisplayName(input.name)
  if (!name)
    return {
      refused: 'invalid_request',
      errors: [{ field: '/name', message: 'must have a letter or a digit' }],
    }
  const roomId = roomIdOf(code)
  const hostKeyHash = input.hostKey === undefined ? undefined : hashSecret(input.hostKey)
  const placement = await deps.rooms.placeRoom(roomId, 'join', { near: input.near, hostKeyHash })
  if ('refused' in placement) return placement
  const role = input.hostKey === undefined ? 'guest' : 'host'
  return joinAnswer(deps, placement, { roomId, identity: deps.newIdentity(), name, role }, input.near)
}
