import type { LossVerdict, NodesStore } from '../../domain/nodes.ts'
import type { Placement, RoomsStore } from '../../domain/rooms.ts'
import { jittered } from '../../protocol/backoff.ts'
import { FOREIGN_IDENTITY_LENGTH } from '../../protocol/limits.ts'
import { hashSecret, roomIdOf } from '../../protocol/room-id.ts'
import { NODE_ID, parseRoomCode, type RoomId } from '../../protocol/room-names.ts'
import type { RejoinRoom } from '../../protocol/shapes/rooms.ts'
import {
  authorityOf,
  issuingNode,
  ownIdentities,
  readSealedTicket,
  type RejoinTicket,
} from '../../protocol/tickets.ts'
import { REJOIN_PAUSES_MS } from '../../tuning/nodes.ts'
import { LOOP_JITTER } from '../../tuning/sites.ts'
import { joinAnswer, type JoinAnswerDeps, type Joined, type JoinRefusal } from './join-answer.ts'

export type RejoinRoomDeps = JoinAnswerDeps & {
  rooms: Pick<RoomsStore, 'placeRoom' | 'originOf'>
  nodes: Pick<NodesStore, 'credentialsOf'>
  losses: { checkLost: (placement: Placement & { identity: string }) => Promise<LossVerdict> }
  tickets: { read: (ticket: string) => RejoinTicket | null }
  wait: (ms: number) => Promise<unknown>
  now: () => number
}

/**
 * Lets a participant back in under the same identity, proven by the ticket of the last response. When the client lost its
 * node (`lost`), the node is probed, and the room moves if it is gone.
 */
export async function rejoinRoom(
  deps: RejoinRoomDeps,
  input: RejoinRoom & { room: string; near: string | undefined },
): Promise<Joined | JoinRefusal> {
  const code = parseRoomCode(input.room)
  if (!code) return { refused: 'room_not_found' }
  const roomId = roomIdOf(code)
  const issuer = issuingNode(input.ticket)
  const ticket =
    issuer === null
      ? deps.tickets.read(input.ticket)
      : await readOfflineTicket(deps, issuer, roomId, input.ticket)
  if (!ticket || ticket.roomId !== roomId) return { refused: 'rejoin_refused' }
  const place = () => deps.rooms.placeRoom(roomId, 'rejoin', { near: input.near, heldEpoch: input.lost })
  let placement = await place()
  for (const pauseMs of REJOIN_PAUSES_MS) {
    if ('refused' in placement || placement.epoch !== input.lost) break
    const verdict = await deps.losses.checkLost({ ...placement, identity: ticket.identity })
    if (verdict === 'reachable') break
    if (verdict === 'unknown') await deps.wait(jittered(pauseMs, LOOP_JITTER, Math.random))
    placement = await place()
  }
  if ('refused' in placement) return placement
  const { name, role } = ticket
  const identity =
    issuer === null ? ticket.identity : vouchedIdentity(issuer, placement.node, ticket.identity)
  return joinAnswer(deps, placement, { roomId, identity, name, role }, input.near)
}

/** A ticket that an offline agent sealed with the secret of its node; null where it carries no authority. */
async function readOfflineTicket(
  deps: RejoinRoomDeps,
  node: string,
  roomId: RoomId,
  text: string,
): Promise<RejoinTicket | null> {
  if (!NODE_ID.test(node)) return null
  const found = await deps.nodes.credentialsOf(node)
  if (!found) return null
  const ticket = readSealedTicket(text, deps.unseal(node, found.sealedSecret), deps.now())
  if (ticket?.roomId !== roomId) return null
  const origin = await deps.rooms.originOf(roomId, node)
  return authorityOf(ticket, { grant: found.grant, ...origin }, deps.now())
}

/**
 * The identity in a ticket of an agent, if the meeting runs on its node or the agent has assigned it; else one that the
 * agent cannot choose. It could be that of another participant, who would be thrown out by its return.
 */
function vouchedIdentity(issuer: string, runsOn: string, identity: string): string {
  const isVouched = runsOn === issuer || identity.startsWith(ownIdentities(issuer))
  return isVouched ? identity : hashSecret(`${issuer} ${identity}`).slice(0, FOREIGN_IDENTITY_LENGTH)
}
