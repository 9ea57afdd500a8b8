import type { MediaMonitor } from './media-monitor.ts'
import type { NodeConnection } from './connection.ts'

/**
 * Somebody is heard or seen on the standby and not on the active node, which they cannot reach. We send to the
 * standby too until they are back, so that a meeting never stays in two halves. Who is heard on both is not meant,
 * or two people would keep each other there.
 */
export function receivedOnlyOn(
  standby: NodeConnection,
  active: NodeConnection,
  monitor: MediaMonitor,
  nowMs: number,
): boolean {
  const flowsOn = ({ room }: NodeConnection, identity: string) =>
    [...(room.remoteParticipants.get(identity)?.trackPublications.keys() ?? [])].some((sid) =>
      monitor.flows(sid, nowMs),
    )
  return [...standby.room.remoteParticipants.keys()].some(
    (identity) => flowsOn(standby, identity) && !flowsOn(active, identity),
  )
}
