import { works, type Link } from './connection.ts'

/**
 * resuming: the node does not answer, sound and picture may go on; reconnecting: they are down too; rejoining:
 * the meeting has another place and we are on our access there.
 */
export type ConnectionStatus = 'connecting' | 'connected' | 'resuming' | 'reconnecting' | 'rejoining' | 'over'
export type EndReason = 'left' | 'removed' | 'ended' | 'elsewhere' | 'lost'

type Known = { link: Link; silent: boolean }

/** What is true for the person, whichever connection makes it so. */
export function connectionStatus(
  active: Known | undefined,
  /** A standby that promoted, or the old place while the meeting moves. */
  others: readonly Known[],
  begun: boolean,
): ConnectionStatus {
  if (!begun || !active) return 'connecting'
  if (works(active) || others.some(works)) return 'connected'
  if (active.link === 'connecting') return 'rejoining'
  // An open socket and silence: everybody may just have stopped. Nothing is given up for that.
  if (active.link === 'up' || (active.link === 'degraded' && !active.silent)) return 'resuming'
  return 'reconnecting'
}
