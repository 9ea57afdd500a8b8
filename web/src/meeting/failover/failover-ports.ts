import type { JoinAnswer, NodeAccess } from '@levee/control-plane/contract'
import type { Room } from 'livekit-client'
import type { Refusal } from '../../api/client.ts'
import type { AskWhere } from './rejoin-loop.ts'
import type { Slot } from '../connections/connection.ts'

/** What the failover needs of the page around it, and tells it. */
export type FailoverPorts = {
  newRoom: () => Room
  connect: (room: Room, way: NodeAccess) => Promise<void>
  ask: AskWhere
  /** Whether LiveKit listens at this node. */
  listens: (serverUrl: string) => Promise<boolean>
  onChange: () => void
  /** A slot is about to connect: whoever listens to its room begins now. */
  onOpening: (slot: Slot) => void
  /** Another node has let us in: what we send can be negotiated while the media is still on its way. */
  onLetIn: (slot: Slot) => void
  /** A connection stands, for the first time or anew: what its people missed is told there. */
  onUp: (slot: Slot) => void
  /** A standby is about to serve: what these tracks of it have shown is old. */
  onOld: (trackSids: readonly string[]) => void
  /** The standby leads: what goes out there goes out now, and it is seen and heard, before anything is asked. */
  onLeads: () => void
  /** How eagerly LiveKit should try this slot's node again if its line breaks. */
  onPace: (slot: Slot, pace: 'quick' | 'slow' | 'none') => void
  onGone: (slot: Slot) => void
  onAnswer: (answer: JoinAnswer) => void
  /** Says whether it is worth asking again. */
  onRefusal: (refusal: Refusal) => boolean
  onThrownOut: (why: 'removed' | 'elsewhere') => void
  /** How many pictures and sounds the page takes from this slot. */
  shownFrom: (slot: Slot) => number
  /** Everybody else there has told that they see us. */
  allSettled: (slot: Slot) => boolean
}
