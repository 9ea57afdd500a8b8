import type { FleetStore, PlaceRefusal, Placement } from '../domain/placement.ts'
import type { Refusal } from '../domain/refusal.ts'
import { cleanDisplayName, parseRoomCode, roomIdOf, roomNameOf } from '../domain/room.ts'
import type { RoomId } from '../domain/room.ts'

export type Seat = { roomId: RoomId; identity: string; name: string; role: 'host' | 'guest' }

export type JoinDeps = {
  store: Pick<FleetStore, 'placeRoom'>
  newIdentity: () => string
  hash: (secret: string) => string
  unseal: (node: string, sealed: string) => string
  signToken: (request: {
    apiKey: string
    apiSecret: string
    roomName: string
    identity: string
    name: string
    role: 'host' | 'guest'
  }) => string
  signTicket: (seat: Seat) => string
  readTicket: (ticket: string) => (Omit<Seat, 'roomId'> & { roomId: string }) | null
}

export type Joined = Seat & {
  serverUrl: string
  participantToken: string
  roomName: string
  node: string
  site: string
  epoch: number
  /** Nearest to the person, as far as it is known. */
  nearestSite: string | null
  title: string
  rejoinTicket: string
}

export type JoinRefusal = PlaceRefusal | Refusal<'invalid_request' | 'rejoin_refused'>

/** One round trip to the store, then local signatures. No node is called. */
export async function joinRoom(
  deps: JoinDeps,
  input: { room: string; name: string; hostKey?: string; near?: string | undefined },
): Promise<Joined | JoinRefusal> {
  const code = parseRoomCode(input.room)
  if (!code) return { refused: 'room_not_found' }
  const name = cleanDisplayName(input.name)
  if (!name)
    return {
      refused: 'invalid_request',
      errors: [{ field: '/name', message: 'must have a visible character' }],
    }
  const roomId = roomIdOf(code)
  const hostKeyHash = input.hostKey === undefined ? undefined : deps.hash(input.hostKey)
  const placement = await deps.store.placeRoom(roomId, 'join', { near: input.near, hostKeyHash })
  if ('refused' in placement) return placement
  const role = input.hostKey === undefined ? 'guest' : 'host'
  return admit(deps, placement, { roomId, identity: deps.newIdentity(), name, role }, input.near)
}

/** The same person again, under the same identity: proven by the ticket of the last answer. */
export async function rejoinRoom(
  deps: JoinDeps,
  input: { room: string; ticket: string; near?: string | undefined },
): Promise<Joined | JoinRefusal> {
  const code = parseRoomCode(input.room)
  if (!code) return { refused: 'room_not_found' }
  const roomId = roomIdOf(code)
  const ticket = deps.readTicket(input.ticket)
  if (!ticket || ticket.roomId !== roomId) return { refused: 'rejoin_refused' }
  const placement = await deps.store.placeRoom(roomId, 'rejoin', { near: input.near })
  if ('refused' in placement) return placement
  const { identity, name, role } = ticket
  return admit(deps, placement, { roomId, identity, name, role }, input.near)
}

function admit(deps: JoinDeps, placement: Placement, seat: Seat, near: string | undefined): Joined {
  const roomName = roomNameOf(seat.roomId, placement.epoch)
  const participantToken = deps.signToken({
    apiKey: placement.apiKey,
    apiSecret: deps.unseal(placement.node, placement.sealedSecret),
    roomName,
    identity: seat.identity,
    name: seat.name,
    role: seat.role,
  })
  return {
    ...seat,
    serverUrl: placement.url,
    participantToken,
    roomName,
    node: placement.node,
    site: placement.site,
    nearestSite: near ?? null,
    epoch: placement.epoch,
    title: placement.title,
    rejoinTicket: deps.signTicket(seat),
  }
}
