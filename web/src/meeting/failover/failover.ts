import type { JoinAnswer } from '@levee/control-plane/contract'
import { parseNodeMessage } from '@levee/control-plane/protocol/node-message'
import type { Room } from 'livekit-client'
import type { EndReason } from '../connections/connection-status.ts'
import type { NodeConnection } from '../connections/connection.ts'
import { Connections } from '../connections/connections.ts'
import { MediaMonitor } from '../connections/media-monitor.ts'
import { isSplit } from '../connections/split-detector.ts'
import { EffectRunner } from './effect-runner.ts'
import type { FailoverPorts } from './failover-ports.ts'
import type { FailoverEvent, NewEvent } from './machine/events.ts'
import { next } from './machine/next.ts'
import { INITIAL_STATE, isTroubled } from './machine/state.ts'
import { sendPolicy, type SendPolicy } from './send-policy.ts'
import { staggerMs } from './stagger.ts'

/**
 * Runs the state machine in machine/: turns what LiveKit, timers and the control plane report into events, and has the
 * effects carried out. It decides nothing itself; docs/meeting-connections.md shows which event leads to what.
 */
export class Failover {
  readonly connections: Connections
  readonly mediaMonitor: MediaMonitor
  readonly #runner: EffectRunner
  #state = INITIAL_STATE
  readonly #queue: FailoverEvent[] = []
  #dispatching = false

  constructor(ports: FailoverPorts) {
    const dispatch = (event: NewEvent) => this.#dispatch(event)
    this.connections = new Connections(ports.connect, {
      onChange: ports.onChange,
      onLinkSignal: ({ id }, signal) => dispatch({ type: 'link-signal', id, signal }),
      onSignalConnected: ({ id }) => dispatch({ type: 'signal-connected', id }),
      onMetadata: (connection) => this.#onMetadata(connection),
      onEvicted: ({ id }, why) => dispatch({ type: 'evicted', id, why }),
      onTokenRefreshed: ({ id }, token) => dispatch({ type: 'token-refreshed', id, token }),
    })
    this.mediaMonitor = new MediaMonitor(
      () => this.connections.all,
      (nowMs, changed) => this.#onSample(nowMs, changed),
    )
    const { connections, mediaMonitor } = this
    this.#runner = new EffectRunner({ ports, connections, mediaMonitor, dispatch, state: () => this.#state })
  }

  /** Opens the first connection, in a room that was created in advance. Rejects when it fails to connect. */
  begin(answer: JoinAnswer, room: Room): Promise<void> {
    this.#runner.prepare(room)
    this.#dispatch({ type: 'begin', answer })
    this.#runner.prepare(undefined)
    return this.#runner.opened
  }

  /** Brings the connections in line with an answer of the control plane; an outdated one is ignored. */
  reconcile(answer: JoinAnswer): void {
    this.#dispatch({ type: 'rejoin-answered', answer })
  }

  /** The page was asleep or offline, and may have missed a message. */
  pageResumed(): void {
    this.#dispatch({ type: 'page-resumed' })
  }

  /** The page shows a picture of another participant: from now on joining a standby delays nothing. */
  pictureShown(): void {
    if (!this.#state.pictureShown) this.#dispatch({ type: 'picture-shown' })
  }

  leave(why: EndReason): void {
    this.#dispatch({ type: 'leave', why })
  }

  sendPolicyFor(connection: NodeConnection): SendPolicy {
    return sendPolicy(connection, this.#state.connections)
  }

  /** Whether the active connection does not work: no link, or no media. */
  get troubled(): boolean {
    return isTroubled(this.#state)
  }

  /** An event that an effect causes is handled after all effects of the transition under way. */
  #dispatch(event: NewEvent, nowMs = Date.now()): void {
    this.#queue.push({ ...event, nowMs })
    if (this.#dispatching) return
    this.#dispatching = true
    try {
      for (let queued = this.#queue.shift(); queued; queued = this.#queue.shift()) this.#transit(queued)
    } finally {
      this.#dispatching = false
    }
  }

  #transit(event: FailoverEvent): void {
    const { state, effects } = next(this.#state, event)
    this.#state = state
    this.connections.apply(state.connections)
    for (const effect of effects) this.#runner.run(effect)
    this.connections.prune()
  }

  #onMetadata({ id, room }: NodeConnection): void {
    const message = parseNodeMessage(room.metadata)
    if (!message) return
    const { localParticipant, remoteParticipants } = room
    const turnMs = staggerMs(localParticipant.identity, [...remoteParticipants.keys()])
    this.#dispatch({ type: 'node-message', id, ask: message.ask, staggerMs: turnMs })
  }

  #onSample(nowMs: number, changed: boolean): void {
    const { mediaMonitor, connections } = this
    const { all, active, standby } = connections
    const arrivals = mediaMonitor.arrivals(all, nowMs)
    const split =
      active !== undefined &&
      standby?.link === 'up' &&
      isSplit(standby, active, (sid) => mediaMonitor.flows(sid, nowMs))
    this.#dispatch({ type: 'media-sampled', changed, arrivals, split }, nowMs)
  }
}
