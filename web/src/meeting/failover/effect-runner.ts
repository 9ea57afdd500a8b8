import type { Room } from 'livekit-client'
import type { Refusal } from '../../api/client.ts'
import type { NodeConnection } from '../connections/connection.ts'
import type { Connections } from '../connections/connections.ts'
import type { MediaMonitor } from '../connections/media-monitor.ts'
import { HANDOVER_CHECK_MS } from '../tuning.ts'
import type { FailoverPorts } from './failover-ports.ts'
import type { Effect, HandoverFacts, NewEvent } from './machine/events.ts'
import { lostEpoch, type FailoverState } from './machine/state.ts'
import { missingFrom } from './missing-people.ts'
import { NodeProbe } from './node-probe.ts'
import { ReceiveQuality } from './receive-quality.ts'
import { RejoinLoop } from './rejoin-loop.ts'

type Deps = {
  ports: FailoverPorts
  connections: Connections
  mediaMonitor: MediaMonitor
  dispatch: (event: NewEvent) => void
  state: () => FailoverState
}

/** Carries out the effects of the state machine and reports their results as events. */
export class EffectRunner {
  readonly #deps: Deps
  readonly #rejoinLoop: RejoinLoop
  readonly #nodeProbe: NodeProbe
  readonly #receiveQuality = new ReceiveQuality()
  #standbyTimer: ReturnType<typeof setTimeout> | undefined
  #handoverTimer: ReturnType<typeof setInterval> | undefined
  #preparedRoom: Room | undefined
  /** Settles with the latest connection attempt. */
  opened: Promise<void> = Promise.resolve()

  constructor(deps: Deps) {
    const { ports, dispatch } = deps
    this.#deps = deps
    this.#rejoinLoop = new RejoinLoop(
      ports.rejoin,
      (answer) => dispatch({ type: 'rejoin-answered', answer }),
      (refusal) => this.#onRefusal(refusal),
    )
    this.#nodeProbe = new NodeProbe(ports.isAnswering, () => dispatch({ type: 'node-answers' }))
  }

  /** The next connection uses this room, which was created in advance. */
  prepare(room: Room | undefined): void {
    this.#preparedRoom = room
  }

  run(effect: Effect): void {
    const { ports, mediaMonitor, dispatch } = this.#deps
    switch (effect.type) {
      case 'open':
        return this.#open(effect.id, effect.takeSmall)
      case 'disconnect':
        return this.#on(effect.id, (connection) => this.#deps.connections.disconnect(connection))
      case 'publish':
        return this.#on(effect.id, (connection) => ports.publish(connection, effect.policy))
      case 'unpublish':
        return this.#on(effect.id, ports.unpublish)
      case 'resend-messages':
        return this.#on(effect.id, ports.resendMessages)
      case 'mark-stale':
        return this.#on(effect.id, (connection) =>
          ports.onStale(mediaMonitor.markStale(connection, Date.now())),
        )
      case 'standby-promoted':
        return ports.onPromoted()
      case 'set-retry-pace':
        return this.#on(effect.id, (connection) => ports.setRetryPace(connection, effect.pace))
      case 'update-receive-quality':
        return this.#receiveQuality.update(effect.nowMs, effect.serving)
      case 'start-media-monitor':
        return mediaMonitor.start()
      case 'stop-media-monitor':
        return mediaMonitor.stop()
      case 'sample-media-soon':
        return mediaMonitor.sampleSoon()
      case 'start-rejoin':
        return this.#rejoinLoop.start(() => lostEpoch(this.#deps.state()))
      case 'rejoin-now':
        return this.#rejoinLoop.now()
      case 'rejoin-once':
        return this.#rejoinLoop.once(effect.afterMs)
      case 'stop-rejoin':
        return this.#rejoinLoop.stop()
      case 'close-rejoin':
        return this.#rejoinLoop.close()
      case 'start-probe':
        return this.#nodeProbe.start(effect.serverUrl)
      case 'stop-probe':
        return this.#nodeProbe.stop()
      case 'probe-once':
        return this.#on(effect.id, (connection) => void this.#probeOnce(connection))
      case 'start-standby-timer':
        clearTimeout(this.#standbyTimer)
        this.#standbyTimer = setTimeout(() => dispatch({ type: 'standby-due' }), effect.afterMs)
        return undefined
      case 'stop-standby-timer':
        return clearTimeout(this.#standbyTimer)
      case 'start-handover-timer':
        this.#handoverTimer ??= setInterval(() => this.#checkHandover(), HANDOVER_CHECK_MS)
        return undefined
      case 'stop-handover-timer':
        clearInterval(this.#handoverTimer)
        this.#handoverTimer = undefined
        return undefined
      case 'take-answer':
        return ports.onAnswer(effect.answer)
      case 'show-refusal':
        return ports.onRefusal(effect.refusal)
      case 'refresh':
        return ports.onChange()
      case 'end':
        return ports.onEnd(effect.why)
    }
  }

  #on(id: number, act: (connection: NodeConnection) => void): void {
    const connection = this.#deps.connections.get(id)
    if (connection) act(connection)
  }

  #open(id: number, takeSmall: 'none' | 'films' | 'all'): void {
    const { ports, connections, state } = this.#deps
    const opened = state().connections.find((connection) => connection.id === id)
    if (!opened) return
    const connection = connections.add(opened, this.#preparedRoom ?? ports.newRoom())
    this.#preparedRoom = undefined
    if (takeSmall !== 'none') this.#receiveQuality.follow(connection, takeSmall === 'all')
    ports.onOpening(connection)
    this.opened = connections.connect(connection)
  }

  /** Returns whether to call `rejoin` again. */
  #onRefusal(refusal: Refusal): boolean {
    const { ports, dispatch, state } = this.#deps
    const retryable = ports.isRetryable(refusal)
    dispatch({ type: 'rejoin-refused', refusal, retryable })
    return retryable && state().phase !== 'ended'
  }

  async #probeOnce({ id, access }: NodeConnection): Promise<void> {
    const { ports, dispatch } = this.#deps
    if (!(await ports.isAnswering(access.serverUrl))) dispatch({ type: 'node-unreachable', id })
  }

  #checkHandover(): void {
    const { connections, ports, dispatch } = this.#deps
    const { active, previous } = connections
    const facts = new Map<number, HandoverFacts>()
    for (const connection of previous) {
      const missing = active ? missingFrom(active, connection) : 0
      facts.set(connection.id, { missing, tracksShown: ports.tracksShownFrom(connection) })
    }
    dispatch({
      type: 'handover-due',
      facts,
      allSettled: active !== undefined && ports.allSettled(active),
    })
  }
}
