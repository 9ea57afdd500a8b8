import type { NodeConnection } from './connection.ts'

/**
 * Whether a participant is received on the standby and not on the active node, which they cannot reach. We then also
 * send to the standby until they are back, so that a meeting never stays split. Participants who are received on both
 * do not count: otherwise two of them would keep each other on the standby.
 */
export function isSplit(
  standby: NodeConnection,
  active: NodeConnection,
  flows: (trackSid: string) => boolean,
): boolean {
  const flowsOn = ({ room }: NodeConnection, identity: string) =>
    [...(room.remoteParticipants.get(identity)?.trackPublications.keys() ?? [])].some(flows)
  return [...standby.room.remoteParticipants.keys()].some(
    (identity) => flowsOn(standby, identity) && !flowsOn(active, identity),
  )
}
