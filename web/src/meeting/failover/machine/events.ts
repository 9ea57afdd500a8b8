import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Refusal } from '../../../api/client.ts'
import type { EndReason } from '../../connections/connection-status.ts'
import type { LinkSignal } from '../../connections/link-signal.ts'
import type { RefreshedToken } from '../../connections/refreshed-token.ts'
import type { Arrivals } from '../../connections/silence-detector.ts'
import type { SendPolicy } from '../send-policy.ts'

/** What the handover knows of a previous connection, beside its state. */
export type HandoverFacts = {
  /** Participants who are there, or were when it was last up, and have not arrived on the active one. */
  missing: number
  /** Tracks of others that the page takes from it. */
  tracksShown: number
}

/** What happens to the failover. `id`: the connection it happens to. */
export type FailoverEvent = { nowMs: number } & (
  | { type: 'begin'; answer: JoinAnswer }
  | { type: 'link-signal'; id: number; signal: LinkSignal }
  /** The node has accepted the join; media is not connected yet. */
  | { type: 'signal-connected'; id: number }
  | { type: 'evicted'; id: number; why: 'removed' | 'elsewhere' }
  /** A message of the node: the participants are to call `rejoin`, one after the other. */
  | { type: 'node-message'; id: number; ask: number; staggerMs: number }
  | { type: 'token-refreshed'; id: number; token: RefreshedToken }
  | { type: 'rejoin-answered'; answer: JoinAnswer }
  /** `retryable`: another call may succeed. */
  | { type: 'rejoin-refused'; refusal: Refusal; retryable: boolean }
  /** The probed node answers again. */
  | { type: 'node-answers' }
  /** The node of a degraded connection does not answer. */
  | { type: 'node-unreachable'; id: number }
  /**
   * `changed`: a track has begun or ceased to arrive. `arrivals`: by connection; none where no track should flow.
   * `split`: a participant is received on the standby and not on the active connection.
   */
  | { type: 'media-sampled'; changed: boolean; arrivals: ReadonlyMap<number, Arrivals>; split: boolean }
  | { type: 'standby-due' }
  /** `allSettled`: everyone else on the active node has reported that they see and hear us there. */
  | { type: 'handover-due'; facts: ReadonlyMap<number, HandoverFacts>; allSettled: boolean }
  /** The page was asleep or offline. */
  | { type: 'page-resumed' }
  | { type: 'picture-shown' }
  | { type: 'leave'; why: EndReason }
)
/** An event without its time, which the dispatcher adds. */
export type NewEvent = FailoverEvent extends infer E ? (E extends unknown ? Omit<E, 'nowMs'> : never) : never
export type EventOf<T extends FailoverEvent['type']> = Extract<FailoverEvent, { type: T }>

/** What the interpreter carries out, in the order in which the transition lists it. */
export type Effect =
  /** Open a LiveKit room and connect. `takeSmall`: which pictures to receive in their small size at first. */
  | { type: 'open'; id: number; takeSmall: 'none' | 'films' | 'all' }
  | { type: 'disconnect'; id: number }
  /** Publish what the participant sends, or bring it in line with `policy`. */
  | { type: 'publish'; id: number; policy: SendPolicy }
  | { type: 'unpublish'; id: number }
  /** Send messages again that participants there may have missed. */
  | { type: 'resend-messages'; id: number }
  /** Frames that these tracks have shown so far are outdated. */
  | { type: 'mark-stale'; id: number }
  /** The standby serves: apply the send policies and refresh the page now. */
  | { type: 'standby-promoted' }
  /** How often LiveKit itself retries this connection's node. */
  | { type: 'set-retry-pace'; id: number; pace: 'quick' | 'slow' | 'none' }
  | { type: 'update-receive-quality'; nowMs: number; serving: ReadonlySet<number> }
  | { type: 'start-media-monitor' }
  | { type: 'stop-media-monitor' }
  | { type: 'sample-media-soon' }
  | { type: 'start-rejoin' }
  | { type: 'rejoin-now' }
  | { type: 'rejoin-once'; afterMs: number }
  | { type: 'stop-rejoin' }
  | { type: 'close-rejoin' }
  | { type: 'start-probe'; serverUrl: string }
  | { type: 'stop-probe' }
  | { type: 'probe-once'; id: number }
  | { type: 'start-standby-timer'; afterMs: number }
  | { type: 'stop-standby-timer' }
  | { type: 'start-handover-timer' }
  | { type: 'stop-handover-timer' }
  | { type: 'take-answer'; answer: JoinAnswer }
  | { type: 'show-refusal'; refusal: Refusal }
  /** Something that the page shows may have changed. */
  | { type: 'refresh' }
  | { type: 'end'; why: EndReason }
