import type { JoinAnswer, NodeAccess } from '@levee/control-plane/contract'
import type { Room } from 'livekit-client'
import type { Refusal } from '../../api/client.ts'
import type { EndReason } from '../connections/connection-status.ts'
import type { NodeConnection } from '../connections/connection.ts'
import type { Rejoin } from './rejoin-loop.ts'
import type { SendPolicy } from './send-policy.ts'

/** What the failover needs from other parts of the client, and what it reports to them. */
export type FailoverPorts = {
  newRoom: () => Room
  connect: (room: Room, access: NodeAccess) => Promise<void>
  rejoin: Rejoin
  /** Whether LiveKit answers at this node. Never rejects. */
  isAnswering: (serverUrl: string) => Promise<boolean>
  /** Sets how often LiveKit itself retries this connection's node when its link breaks. */
  setRetryPace: (connection: NodeConnection, pace: 'quick' | 'slow' | 'none') => void
  /** A connection is about to connect: everything that reads its room starts to listen now. */
  onOpening: (connection: NodeConnection) => void
  publish: (connection: NodeConnection, policy: SendPolicy) => void
  unpublish: (connection: NodeConnection) => void
  /** The connection is up: what its participants may have missed is sent again. */
  resendMessages: (connection: NodeConnection) => void
  /** A standby is about to serve: frames that these tracks of it have shown are outdated. */
  onStale: (trackSids: readonly string[]) => void
  /** The standby serves: send to it and show it now, before `rejoin` is called. */
  onPromoted: () => void
  onChange: () => void
  onAnswer: (answer: JoinAnswer) => void
  onRefusal: (refusal: Refusal) => void
  /** Whether another call may succeed. */
  isRetryable: (refusal: Refusal) => boolean
  /** The failover has left every node. */
  onEnd: (why: EndReason) => void
  /** How many tracks of others the page takes from this connection. */
  tracksShownFrom: (connection: NodeConnection) => number
  /** Everyone else on this node has reported that they see and hear us there. */
  allSettled: (connection: NodeConnection) => boolean
}
