import type { LossVerdict, NodesStore } from '../../domain/nodes.ts'
import type { Placement, RoomsStore } from '../../domain/rooms.ts'
import { jittered } from '../../protocol/backoff.ts'
import { roomIdOf } from '../../protocol/room-id.ts'
import { parseRoomCode } from '../../protocol/room-names.ts'
import type { RejoinRoom } from '../../protocol/shapes/rooms.ts'
import { issuingNode, readSealedTicket, type RejoinTicket } from '../../protocol/tickets.ts'
import { REJOIN_PAUSES_MS } from '../../tuning/nodes.ts'
import { LOOP_JITTER } from '../../tuning/sites.ts'
import { joinAnswer, type JoinAnswerDeps, type Joined, type JoinRefusal } from './join-answer.ts'

export type RejoinRoomDeps = JoinAnswerDeps & {
  rooms: Pick<RoomsStore, 'placeRoom'>
  nodes: Pick<NodesStore, 'credentialsOf'>
  losses: { checkLost: (placement: Placement) => Promise<LossVerdict> }
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
  const ticket = await readTicket(deps, input.ticket)
  if (!ticket || ticket.roomId !== roomId) return { refused: 'rejoin_refused' }
  const place = () => deps.rooms.placeRoom(roomId, 'rejoin', { near: input.near, heldEpoch: input.lost })
  let placement = await place()
  for (const pauseMs of REJOIN_PAUSES_MS) {
    if ('refused' in placement || placement.epoch !== input.lost) break
    const verdict = await deps.losses.checkLost(placement)
    if (verdict === 'reachable') break
    if (verdict === 'unknown') await deps.wait(jittered(pauseMs, LOOP_JITTER, Math.random))
    placement = await place()
  }
  if ('refused' in placement) return placement
  const { identity, name, role } = ticket
  return joinAnswer(deps, placement, { roomId, identity, name, role }, input.near)
}

/** Reads a ticket of the control plane, or one that an offline agent sealed with the secret of its node. */
async function readTicket(deps: RejoinRoomDeps, ticket: string): Promise<RejoinTicket | null> {
  const node = issuingNode(ticket)
  if (node === null) return deps.tickets.read(ticket)
  const credentials = await deps.nodes.credentialsOf(node)
  return credentials
    ? readSealedTicket(ticket, deps.unseal(node, credentials.sealedSecret), deps.now())
    : null
}
