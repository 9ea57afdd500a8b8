/**
 * Rejoin tickets, given by the control plane and by agents of offline branches, and read by both. Not for the browser: it
 * needs `node:crypto`.
 */
import { createHmac } from 'node:crypto'
import { TICKET_SEAL_LENGTH } from './limits.ts'
import type { RoomId } from './room-names.ts'
import type { Role } from './shapes/rooms.ts'

/** Lets a participant come back into a room under the same identity. */
export type RejoinTicket = { roomId: RoomId; identity: string; name: string; role: Role }

/**
 * Issued to an agent in advance, signed, for a limited time. `may`: whether it may let people join while it is offline,
 * or also start meetings. `shard`: what the codes of these meetings begin with.
 */
export type OfflineGrant = { node: string; site: string; shard: string; may: 'join' | 'start' }

/** Tickets of agents begin with this; the node follows. */
const OFFLINE = 'offline.'

/** The seal under a ticket proves to the agent of a node, by the node's LiveKit secret, who gave it. */
export function sealOf(text: string, apiSecret: string): string {
  return createHmac('sha256', apiSecret)
    .update(`levee-ticket:${text}`)
    .digest('base64url')
    .slice(0, TICKET_SEAL_LENGTH)
}

/** A ticket as an agent gives it while it is offline: `offline.<node>.<payload>~<seal>`. */
export function offlineTicket(
  node: string,
  ticket: RejoinTicket,
  expiresAtMs: number,
  apiSecret: string,
): string {
  const payload = Buffer.from(JSON.stringify({ ...ticket, exp: Math.floor(expiresAtMs / 1000) }))
  const text = `${OFFLINE}${node}.${payload.toString('base64url')}`
  return `${text}~${sealOf(text, apiSecret)}`
}

/** The node whose agent gave this ticket, or null for tickets of the control plane. */
export function issuingNode(ticket: string): string | null {
  return ticket.startsWith(OFFLINE) ? (ticket.split('.')[1] ?? null) : null
}

/**
 * The claims of a ticket with the seal of this node: the control plane's (a JWT, of which only the payload is read here:
 * the seal vouches for it) or an agent's. null for anything foreign, changed or expired.
 */
export function readSealedTicket(ticket: string, apiSecret: string, nowMs: number): RejoinTicket | null {
  const [text = '', seal = ''] = ticket.split('~')
  if (!sameText(seal, sealOf(text, apiSecret))) return null
  const payload = text.startsWith(OFFLINE) ? text.split('.')[2] : text.split('.')[1]
  try {
    const { roomId, identity, name, role, exp } = JSON.parse(
      Buffer.from(payload ?? '', 'base64url').toString(),
    ) as RejoinTicket & { exp: number }
    if (typeof exp !== 'number' || exp * 1000 <= nowMs) return null
    return { roomId, identity, name, role: role === 'host' ? 'host' : 'guest' }
  } catch {
    return null
  }
}

/** Compares in constant time. */
function sameText(given: string, expected: string): boolean {
  let differs = given.length ^ expected.length
  for (let i = 0; i < expected.length; i++) differs |= (given.charCodeAt(i) || 0) ^ expected.charCodeAt(i)
  return differs === 0
}
