import type { PlaceRefusal, Placement, Standby, TokenRequest } from '../../domain/rooms.ts'
import type { Refusal } from '../../protocol/problems/refusal.ts'
import { roomNameOf, type RoomId } from '../../protocol/room-names.ts'
import type { JoinAnswer, NodeAccess } from '../../protocol/shapes/rooms.ts'
import type { RejoinTicket } from '../../protocol/tickets.ts'

export type JoinAnswerDeps = {
  /** Throws if the secret was not sealed for this node. */
  unseal: (node: string, sealedSecret: string) => string
  signToken: (request: TokenRequest) => string
  tickets: { sign: (ticket: RejoinTicket, apiSecret: string) => string }
}

export type Joined = JoinAnswer & { roomId: RoomId }

export type JoinRefusal = PlaceRefusal | Refusal<'invalid_request' | 'rejoin_refused'>

/**
 * What a participant needs to connect to the node of the placement. Signed in this process, without a call to the node.
 */
export function joinAnswer(
  deps: JoinAnswerDeps,
  placement: Placement,
  participant: RejoinTicket,
  near: string | undefined,
): Joined {
  const { standby } = placement
  const apiSecret = deps.unseal(placement.node, placement.sealedSecret)
  return {
    ...participant,
    ...nodeAccess(deps, placement, participant, apiSecret),
    standby: standby && {
      ...nodeAccess(deps, standby, participant, deps.unseal(standby.node, standby.sealedSecret)),
      sound: standby.sound,
    },
    nearestSite: near ?? null,
    title: placement.title,
    rejoinTicket: deps.tickets.sign(participant, apiSecret),
  }
}

function nodeAccess(
  deps: Pick<JoinAnswerDeps, 'signToken'>,
  { node, site, epoch, url, apiKey }: Omit<Standby, 'sound'>,
  { roomId, identity, name, role }: RejoinTicket,
  apiSecret: string,
): NodeAccess {
  const roomName = roomNameOf(roomId, epoch)
  const participantToken = deps.signToken({ apiKey, apiSecret, roomName, identity, name, role })
  return { serverUrl: url, participantToken, roomName, node, site, epoch }
}
