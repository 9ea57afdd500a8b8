import type { JoinAnswer, NodeAccess } from '@levee/control-plane/contract'
import type { Room } from 'livekit-client'
import type { Refusal } from '../../api/client.ts'
import type { Rejoin } from './rejoin-loop.ts'
import type { NodeConnection } from '../connections/connection.ts'

/** What the failover needs of the page around it, and tells it. */
export type FailoverPorts = {
  newRoom: () => Room
  connect: (room: Room, access: NodeAccess) => Promise<void>
  ask: Rejoin
  /** Whether LiveKit isListening at this node. */
  isListening: (serverUrl: string) => Promise<boolean>
  onChange: () => void
  /** A connection is about to connect: whoever isListening to its room begins now. */
  onOpening: (connection: NodeConnection) => void
  /** Another node has let us in: what we send can be negotiated while the media is still on its access. */
  onSignalConnected: (connection: NodeConnection) => void
  /** A connection stands, for the first time or anew: what its people missed is announced there. */
  onUp: (connection: NodeConnection) => void
  /** A standby is about to serve: what these tracks of it have shown is old. */
  onStale: (trackSids: readonly string[]) => void
  /** The standby promoted: what goes out there goes out now, and it is seen and heard, before anything is asked. */
  onPromoted: () => void
  /** How eagerly LiveKit should try this connection's node again if its link breaks. */
  onRetryPace: (connection: NodeConnection, pace: 'quick' | 'slow' | 'none') => void
  onGone: (connection: NodeConnection) => void
  onAnswer: (answer: JoinAnswer) => void
  /** Says whether it is worth asking again. */
  onRefusal: (refusal: Refusal) => boolean
  onThrownOut: (why: 'removed' | 'elsewhere') => void
  /** How many pictures and sounds the page takes from this connection. */
  tracksShownFrom: (connection: NodeConnection) => number
  /** Everybody else there has announced that they see us. */
  allSettled: (connection: NodeConnection) => boolean
}
