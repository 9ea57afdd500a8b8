import { works, type ConnectionState } from '../connections/connection.ts'

/** What is sent on a connection; the rest is published there, but paused. `lowFrameRate`: for video. */
export type SendPolicy = { sound: boolean; picture: boolean; lowFrameRate?: boolean }

export const SEND_NOTHING: SendPolicy = { sound: false, picture: false }

export function sendPolicy(connection: ConnectionState, connections: readonly ConnectionState[]): SendPolicy {
  const { role, promoted, mirrored, soundRunning } = connection
  if (isGivenUp(connection, connections)) return SEND_NOTHING
  const all = role !== 'standby' || promoted || mirrored
  const lowFrameRate = role !== 'standby' && isOnTwoNodes(connections)
  return { sound: all || soundRunning, picture: all, ...(lowFrameRate && { lowFrameRate }) }
}

/**
 * While a meeting moves, each picture is encoded and decoded twice: with a low frame rate that costs hardly more than
 * before. Not while the new node may never accept the join.
 */
function isOnTwoNodes(connections: readonly ConnectionState[]): boolean {
  const active = connections.find(({ role }) => role === 'active')
  if (!active || !connections.some((other) => other.role === 'previous' && works(other))) return false
  return active.link === 'up' || (active.link === 'connecting' && !active.overdue)
}

/**
 * No media arrives from it or its node does not answer, and another connection serves: the encoders are needed there. If
 * the node is only slow, it reports our pause to the others, who then receive us from the standby.
 */
function isGivenUp(
  { role, link, silent, unreachable }: ConnectionState,
  connections: readonly ConnectionState[],
): boolean {
  if (role === 'standby' || link === 'connecting' || (link === 'up' && !silent)) return false
  if (role === 'previous') return true
  const standbyServes = connections.some(({ promoted, link }) => promoted && link === 'up')
  return (silent || unreachable) && standbyServes
}
