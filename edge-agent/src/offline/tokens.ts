import { createHash } from 'node:crypto'
import { offlineTicket, type RejoinTicket } from '@levee/control-plane/protocol/tickets'
import type { JoinAnswer } from '@levee/control-plane/contract'
import { AccessToken } from 'livekit-server-sdk'
import { TICKET_TTL_SEC, TOKEN_TTL_SEC } from '../tuning/offline.ts'

/** The node beside this agent, as clients get to know it. */
export type OwnNode = { node: string; site: string; url: string; apiKey: string; apiSecret: string }

/**
 * A way into a room on this node: the same claims and the same life as a token of the control plane, and a ticket that
 * the control plane takes as well.
 */
export async function seatAt(
  own: OwnNode,
  room: { name: string; epoch: number; title: string },
  seat: RejoinTicket,
  nowMs: number,
): Promise<JoinAnswer> {
  const { identity, name, role } = seat
  const token = new AccessToken(own.apiKey, own.apiSecret, {
    identity,
    name,
    ttl: TOKEN_TTL_SEC,
    attributes: { role },
  })
  token.addGrant({
    roomJoin: true,
    room: room.name,
    canPublish: true,
    canSubscribe: true,
    canPublishData: true,
    canUpdateOwnMetadata: false,
    ...(role === 'host' && { roomAdmin: true }),
  })
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
    rejoinTicket: offlineTicket(own.node, seat, nowMs + TICKET_TTL_SEC * 1_000, own.apiSecret),
  }
}

/** SHA-256 in hex, as the control plane keeps host keys: 130 random bits need no salt. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
