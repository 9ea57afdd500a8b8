import { works, type Line } from './connection.ts'

/**
 * resuming: the node does not answer, sound and picture may go on; reconnecting: they are down too; rejoining:
 * the meeting has another place and we are on our way there.
 */
export type Connection = 'connecting' | 'connected' | 'resuming' | 'reconnecting' | 'rejoining' | 'over'
export type Over = 'left' | 'removed' | 'ended' | 'elsewhere' | 'lost'

type Known = { line: Line; silent: boolean }

/** What is true for the person, whichever slot makes it so. */
export function connectionOf(
  active: Known | undefined,
  /** A standby that leads, or the old place while the meeting moves. */
  others: readonly Known[],
  begun: boolean,
): Connection {
  if (!begun || !active) return 'connecting'
  if (works(active) || others.some(works)) return 'connected'
  if (active.line === 'opening') return 'rejoining'
  // An open socket and silence: everybody may just have stopped. Nothing is given up for that.
  if (active.line === 'up' || (active.line === 'shaky' && !active.silent)) return 'resuming'
  return 'reconnecting'
}
