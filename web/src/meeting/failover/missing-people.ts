import type { NodeConnection } from '../connections/connection.ts'
import { othersLastSeen } from '../selection/connection-view.ts'

/** How many participants of the previous connection have not arrived on the active one. */
export function missingFrom({ room }: NodeConnection, previous: NodeConnection): number {
  const there =
    previous.link === 'up' ? [...previous.room.remoteParticipants.keys()] : othersLastSeen(previous)
  return there.filter((identity) => !room.remoteParticipants.has(identity)).length
}
