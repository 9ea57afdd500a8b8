import { works, type ConnectionState } from './connection.ts'

/**
 * resuming: the signal connection is down, but sound and picture may still flow. reconnecting: they are down too.
 * rejoining: we are connecting to the node where the meeting runs now.
 */
export type ConnectionStatus = 'connecting' | 'connected' | 'resuming' | 'reconnecting' | 'rejoining' | 'over'
/** Why a meeting is over for this participant. `elsewhere`: they joined from another page. `lost`: their place is gone. */
export type EndReason = 'left' | 'removed' | 'ended' | 'elsewhere' | 'lost'

type Known = Pick<ConnectionState, 'link' | 'silent'>

/**
 * The status for the participant, whichever connection provides it. `others`: a promoted standby, and the previous
 * connections while the meeting moves.
 */
export function connectionStatus(
  active: Known | undefined,
  others: readonly Known[],
  begun: boolean,
): ConnectionStatus {
  if (!begun || !active) return 'connecting'
  if (works(active) || others.some(works)) return 'connected'
  if (active.link === 'connecting') return 'rejoining'
  // The socket is open and no media arrives: everyone may just have stopped sending.
  if (active.link === 'up' || (active.link === 'degraded' && !active.silent)) return 'resuming'
  return 'reconnecting'
}
