import type { JoinAnswer } from '@levee/control-plane/contract'
import { PARTICIPANT_TOKEN_TTL_SEC, REJOIN_TICKET_TTL_SEC } from '@levee/control-plane/protocol/limits'
import { participantClaims } from '@levee/control-plane/protocol/participant-grant'
import { offlineTicket, type RejoinTicket } from '@levee/control-plane/protocol/tickets'
import { AccessToken } from 'livekit-server-sdk'

/** The node beside this agent, as clients know it. */
export type OwnNode = { node: string; site: string; url: string; apiKey: string; apiSecret: string }

/**
 * Access to a room on this node: a token with the claims and lifetime of one of the control plane's, and a rejoin ticket
 * that the control plane accepts as well.
 */
export async function nodeAccess(
  own: OwnNode,
  room: { name: string; epoch: number; title: string },
  ticket: RejoinTicket,
  nowMs: number,
): Promise<JoinAnswer> {
  const { identity, name, role } = ticket
  const { video, attributes } = participantClaims(room.name, role)
  const token = new AccessToken(own.apiKey, own.apiSecret, {
    identity,
    name,
    ttl: PARTICIPANT_TOKEN_TTL_SEC,
    attributes,
  })
  token.addGrant(video)
  return {
    serverUrl: own.url,
    participantToken: await token.toJwt(),
    roomName: room.name,
    node: own.node,
    site: own.site,
    epoch: room.epoch,
    standby: null,
    nearestSite: own.site,
    identity,
    name,
    role,
    title: room.title,
    rejoinTicket: offlineTicket(own.node, ticket, nowMs + REJOIN_TICKET_TTL_SEC * 1_000, own.apiSecret),
  }
}
