import { issuingNode, readSealedTicket, type RejoinTicket } from '../../protocol/tickets.ts'
import type { Verdict } from '../nodes/node-loss.ts'
import type { PlaceRefusal, Placement, RoomsStore, Standby } from '../../domain/rooms.ts'
import type { NodesStore } from '../../domain/nodes.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import { REJOIN_PAUSES_MS } from '../../tuning/nodes.ts'
import { roomIdOf } from '../../protocol/room-id.ts'
import { cleanDisplayName, parseRoomCode, roomNameOf } from '../../protocol/room-names.ts'
import type { RoomId } from '../../protocol/room-names.ts'

export type Seat = { roomId: RoomId; identity: string; name: string; role: 'host' | 'guest' }

export type JoinDeps = {
  store: Pick<RoomsStore & NodesStore, 'placeRoom' | 'credentialsOf'>
  /** What is to be thought of a node that somebody lost. */
  judge: (placement: Placement) => Promise<Verdict>
  wait: (ms: number) => Promise<unknown>
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
  signTicket: (seat: Seat, apiSecret: string) => string
  readTicket: (ticket: string) => RejoinTicket | null
  now: () => number
}

/** One way into a meeting. */
type NodeAccess = {
  serverUrl: string
  participantToken: string
  roomName: string
  node: string
  site: string
  epoch: number
}

export type Joined = Seat &
  NodeAccess & {
    standby: (NodeAccess & { sound: boolean }) | null
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
  input: { room: string; ticket: string; lost?: number; near?: string | undefined },
): Promise<Joined | JoinRefusal> {
  const code = parseRoomCode(input.room)
  if (!code) return { refused: 'room_not_found' }
  const roomId = roomIdOf(code)
  const ticket = await seatOf(deps, input.ticket)
  if (!ticket || ticket.roomId !== roomId) return { refused: 'rejoin_refused' }
  const find = () => deps.store.placeRoom(roomId, 'rejoin', { near: input.near, heldEpoch: input.lost })
  let placement = await find()
  for (const waitMs of REJOIN_PAUSES_MS) {
    if ('refused' in placement || placement.epoch !== input.lost) break
    const verdict = await deps.judge(placement)
    if (verdict === 'there') break
    if (verdict === 'unsure') await deps.wait(waitMs * (0.8 + 0.4 * Math.random()))
    placement = await find()
  }
  if ('refused' in placement) return placement
  const { identity, name, role } = ticket
  return admit(deps, placement, { roomId, identity, name, role }, input.near)
}

/** A ticket of ours, or one that a branch's agent gave while it was cut off, sealed with its node's secret. */
async function seatOf(deps: JoinDeps, ticket: string): Promise<RejoinTicket | null> {
  const node = issuingNode(ticket)
  if (node === null) return deps.readTicket(ticket)
  const card = await deps.store.credentialsOf(node)
  return card ? readSealedTicket(ticket, deps.unseal(node, card.sealedSecret), deps.now()) : null
}

function admit(deps: JoinDeps, placement: Placement, seat: Seat, near: string | undefined): Joined {
  const { standby } = placement
  const apiSecret = deps.unseal(placement.node, placement.sealedSecret)
  return {
    ...seat,
    ...wayTo(deps, placement, seat, apiSecret),
    standby: standby && { ...wayTo(deps, standby, seat), sound: standby.sound },
    nearestSite: near ?? null,
    title: placement.title,
    rejoinTicket: deps.signTicket(seat, apiSecret),
  }
}

function wayTo(
  deps: Pick<JoinDeps, 'signToken' | 'unseal'>,
  { node, site, epoch, url, apiKey, sealedSecret }: Omit<Standby, 'sound'>,
  { roomId, identity, name, role }: Seat,
  apiSecret = deps.unseal(node, sealedSecret),
): NodeAccess {
  const roomName = roomNameOf(roomId, epoch)
  const participantToken = deps.signToken({ apiKey, apiSecret, roomName, identity, name, role })
  return { serverUrl: url, participantToken, roomName, node, site, epoch }
}
