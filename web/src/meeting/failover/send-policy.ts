import type { SendPolicy } from '../publishing/publisher.ts'
import { works, type NodeConnection } from '../connections/connection.ts'
import type { Connections } from '../connections/connections.ts'

/** What goes out on a connection. */
export function sendPolicyFor(connection: NodeConnection, connections: Where): SendPolicy {
  if (isGivenUp(connection, connections.standby)) return { sound: false, picture: false }
  const all = connection.role !== 'standby' || connection.promoted || connection.mirrored
  const lowFrameRate = connection.role !== 'standby' && isOnBoth(connections)
  return { sound: all || connection.sound, picture: all, ...(lowFrameRate && { lowFrameRate }) }
}

type Where = Pick<Connections, 'active' | 'standby' | 'previous'>

/**
 * A meeting moves, and for these seconds everybody encodes and decodes each picture twice: with few frames that is
 * hardly more work than before. Not for a node that may never let us in.
 */
const isOnBoth = ({ active, previous }: Where): boolean =>
  active !== undefined &&
  (active.link === 'up' || (active.link === 'connecting' && !active.overdue)) &&
  previous.some(works)

/**
 * Nothing comes from it, or nobody is there, and another connection serves: the encoders are needed there. Where it is only
 * slow, the others hear from it that we have paused, and take us from the standby.
 */
function isGivenUp(
  { role, link, silent, unreachable }: NodeConnection,
  standby: NodeConnection | undefined,
): boolean {
  if (role === 'standby' || link === 'connecting' || (link === 'up' && !silent)) return false
  return (
    role === 'previous' || ((silent || unreachable) && standby?.promoted === true && standby.link === 'up')
  )
}
