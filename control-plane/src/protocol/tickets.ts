/**
 * Rejoin tickets, given by the control plane and by agents of offline branches, and read by both. Not for the browser: it
 * needs `node:crypto`.
 */
import { createHmac } from 'node:crypto'
import {
  AGENT_CLOCK_MS,
  DISPLAY_NAME_MAX_LENGTH,
  REJOIN_TICKET_TTL_SEC,
  TICKET_SEAL_LENGTH,
} from './limits.ts'
import { cleanDisplayName } from './names/display-names.ts'
import type { RoomId } from './room-names.ts'
import type { Role } from './shapes/rooms.ts'

/** Lets a participant come back into a room under the same identity. */
export type RejoinTicket = { roomId: RoomId; identity: string; name: string; role: Role }

/** A ticket with the time until which it is valid. */
export type DatedTicket = RejoinTicket & { expiresAtMs: number }

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
  { roomId, identity, name, role }: RejoinTicket,
  expiresAtMs: number,
  apiSecret: string,
): string {
  const claims = { roomId, identity, name, role, exp: Math.floor(expiresAtMs / 1000) }
  const payload = Buffer.from(JSON.stringify(claims))
  const text = `${OFFLINE}${node}.${payload.toString('base64url')}`
  return `${text}~${sealOf(text, apiSecret)}`
}

/** The node whose agent gave this ticket, or null for tickets of the control plane. */
export function issuingNode(ticket: string): string | null {
  return ticket.startsWith(OFFLINE) ? (ticket.split('.')[1] ?? null) : null
}

/**
 * The claims of a ticket with the seal of this node: the control plane's (a JWT, of which only the payload is read here:
 * the seal vouches for it) or an agent's. null for anything foreign, changed, expired or malformed. The seal only says
 * that someone with the node's secret has written it.
 */
export function readSealedTicket(ticket: string, apiSecret: string, nowMs: number): DatedTicket | null {
  const [text = '', seal = ''] = ticket.split('~')
  if (!sameText(seal, sealOf(text, apiSecret))) return null
  const payload = text.startsWith(OFFLINE) ? text.split('.')[2] : text.split('.')[1]
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString())
    return ticketOf(claims, nowMs)
  } catch {
    return null
  }
}

/** UUIDs, after the name of the node if an offline agent has assigned them. */
const IDENTITY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

/** What the identities begin with that the agent of this node assigns while it is offline. */
export const ownIdentities = (node: string): string => `${node}.`

function ticketOf(claims: unknown, nowMs: number): DatedTicket | null {
  if (typeof claims !== 'object' || claims === null) return null
  const { roomId, identity, name, role, exp } = claims as Record<string, unknown>
  if (typeof roomId !== 'string' || typeof identity !== 'string' || typeof name !== 'string') return null
  if (typeof exp !== 'number' || !(exp * 1000 > nowMs)) return null
  const shown = name.length <= 2 * DISPLAY_NAME_MAX_LENGTH ? cleanDisplayName(name) : null
  if (shown === null || Array.from(shown).length > DISPLAY_NAME_MAX_LENGTH || !IDENTITY.test(identity))
    return null
  if (role !== 'host' && role !== 'guest') return null
  return { roomId: roomId as RoomId, identity, name: shown, role, expiresAtMs: exp * 1000 }
}

/**
 * A ticket of an offline agent as far as it carries authority: it was given under a grant, lives no longer than others,
 * and is for a room that ran on the node or was started there. Only of a meeting that it started does an agent know who
 * is host. `grant`: when the node held one. Returns null for a ticket without authority.
 */
export function authorityOf(
  ticket: DatedTicket,
  known: {
    grant: { sinceMs: number; untilMs: number } | undefined
    ranThere: boolean
    startedThere: boolean
  },
  nowMs: number,
): RejoinTicket | null {
  const { expiresAtMs, ...claims } = ticket
  const { grant, ranThere, startedThere } = known
  const lifeMs = REJOIN_TICKET_TTL_SEC * 1000
  const issuedAtMs = expiresAtMs - lifeMs
  if (!grant || issuedAtMs > nowMs + AGENT_CLOCK_MS) return null
  if (issuedAtMs < grant.sinceMs - AGENT_CLOCK_MS || issuedAtMs > grant.untilMs + AGENT_CLOCK_MS) return null
  if (!ranThere && !startedThere) return null
  return { ...claims, role: startedThere ? claims.role : 'guest' }
}

/** Compares in constant time. */
function sameText(given: string, expected: string): boolean {
  let differs = given.length ^ expected.length
  for (let i = 0; i < expected.length; i++) differs |= (given.charCodeAt(i) || 0) ^ expected.charCodeAt(i)
  return differs === 0
}
