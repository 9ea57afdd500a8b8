/**
 * What a branch's agent and the control plane must do alike, so that a branch that was cut off can be put together with
 * the rest again. Pure functions of values.
 */
import { createHmac } from 'node:crypto'

/**
 * Epochs that an agent gives by itself begin here, plus the seconds since 1970: always above those of the control plane,
 * and above its own of an earlier time.
 */
export const ALONE_EPOCHS = 1_000_000_000

/** A place in a room that a person keeps over reconnects. */
export type SeatTicket = { roomId: string; identity: string; name: string; role: 'host' | 'guest' }

/**
 * Given beforehand to an agent, signed and for a time: `may` it let people join, or also start meetings, alone. `home`:
 * what the codes of rooms that it makes begin with.
 */
export type AloneRules = { node: string; site: string; home: string; may: 'join' | 'start' }

/** Tickets given by an agent begin like this; its node follows. */
const ALONE = 'alone.'

/** The seal under a ticket: proves to the agent of a node, by the node's LiveKit secret, who gave it. 128 bits. */
export function sealOf(text: string, apiSecret: string): string {
  return createHmac('sha256', apiSecret).update(`levee-ticket:${text}`).digest('base64url').slice(0, 22)
}

/** A ticket as an agent gives it while it is cut off: `alone.<node>.<payload>~<seal>`. */
export function aloneTicket(node: string, seat: SeatTicket, expiresAtMs: number, apiSecret: string): string {
  const payload = Buffer.from(JSON.stringify({ ...seat, exp: Math.floor(expiresAtMs / 1000) }))
  const text = `${ALONE}${node}.${payload.toString('base64url')}`
  return `${text}~${sealOf(text, apiSecret)}`
}

/** The node that gave it, or null for tickets of the control plane. */
export function aloneNodeOf(ticket: string): string | null {
  return ticket.startsWith(ALONE) ? (ticket.split('.')[1] ?? null) : null
}

/**
 * What a ticket says that carries the seal of this node: the control plane's (a JWT, of which only the payload is read
 * here: the seal vouches for it) or an agent's. null for anything foreign, changed or expired.
 */
export function readSealedTicket(ticket: string, apiSecret: string, nowMs: number): SeatTicket | null {
  const [text = '', seal = ''] = ticket.split('~')
  if (!sameText(seal, sealOf(text, apiSecret))) return null
  const payload = text.startsWith(ALONE) ? text.split('.')[2] : text.split('.')[1]
  try {
    const { roomId, identity, name, role, exp } = JSON.parse(
      Buffer.from(payload ?? '', 'base64url').toString(),
    ) as SeatTicket & { exp: number }
    if (typeof exp !== 'number' || exp * 1000 <= nowMs) return null
    return { roomId, identity, name, role: role === 'host' ? 'host' : 'guest' }
  } catch {
    return null
  }
}

/** Compares without telling by its time how much was right. */
function sameText(given: string, expected: string): boolean {
  let differs = given.length ^ expected.length
  for (let i = 0; i < expected.length; i++) differs |= (given.charCodeAt(i) || 0) ^ expected.charCodeAt(i)
  return differs === 0
}
