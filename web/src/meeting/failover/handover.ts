import { othersLastSeen } from '../selection/connection-view.ts'
import { works, type NodeConnection } from '../connections/connection.ts'
import type { Connections } from '../connections/connections.ts'

/** What is known of an old connection when we think of previous it. */
export type HandoverFacts = {
  /** Its node is still there. */
  alive: boolean
  /** Since the new connection's connection stands; undefined: it does not. */
  newUpForMs: number | undefined
  /** Since it is the old one. */
  oldForMs: number
  /** People who were there and are not on the new one. */
  missing: number
  /** Pictures and sounds that still come from it. */
  shownFromIt: number
  /** Everybody on the new one has said that they see all of us there. */
  allSettled: boolean
}

/** A sleeping page or a very slow one holds nobody longer than this. */
const LONGEST_MS = 10_000
/** A disconnect takes 50 ms of the main thread, which is needed for the new connection just now. */
const LEAST_MS = 1_500

/**
 * stay: it is needed. hang-up: the connection may go, but who was there is still remembered. forget: all of it.
 * Handover before everybody had arrived made 19 of 20 silences over 100 ms (facts/failover.md).
 */
export function handoverStep(state: HandoverFacts): 'stay' | 'hang-up' | 'forget' {
  const { alive, newUpForMs, oldForMs, missing, shownFromIt, allSettled } = state
  if (newUpForMs === undefined) return 'stay'
  if (newUpForMs >= LONGEST_MS) return 'forget'
  const done = missing === 0 && shownFromIt === 0
  // Who has not said so may run another client; they had time to swap.
  if (alive) return done && (allSettled || newUpForMs >= LEAST_MS * 2) ? 'forget' : 'stay'
  if (oldForMs < LEAST_MS || newUpForMs < LEAST_MS) return 'stay'
  return done ? 'forget' : 'hang-up'
}

type Deps = {
  connections: Connections
  /** How many pictures and sounds the page takes from this connection. */
  tracksShownFrom: (connection: NodeConnection) => number
  /** Everybody else there has announced that they see us. */
  allSettled: (connection: NodeConnection) => boolean
  drop: (connection: NodeConnection) => void
  onChange: () => void
}

const LOOK_MS = 200

/** Leaves the connections where the meeting ran, when nobody needs them any more. */
export class Handover {
  readonly #deps: Deps
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** From now on there is an old connection. */
  watch(): void {
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    const { connections, drop, onChange } = this.#deps
    for (const connection of connections.previous) {
      const verdict = handoverStep(this.#stateOf(connection))
      if (verdict === 'forget') {
        drop(connection)
        onChange()
      } else if (verdict === 'hang-up' && connection.link !== 'closed') {
        connections.hangUp(connection)
      }
    }
    if (connections.previous.length === 0) this.close()
  }

  #stateOf(connection: NodeConnection): HandoverFacts {
    const { connections, tracksShownFrom, allSettled } = this.#deps
    const { active } = connections
    const nowMs = Date.now()
    return {
      alive: works(connection),
      newUpForMs:
        active?.link === 'up' ? nowMs - Math.max(active.linkSinceMs, active.roleSinceMs) : undefined,
      oldForMs: nowMs - connection.roleSinceMs,
      missing: active ? missingFrom(active, connection) : 0,
      shownFromIt: tracksShownFrom(connection),
      allSettled: active !== undefined && allSettled(active),
    }
  }
}

/** People of the old connection who have not come to the new one. */
function missingFrom({ room }: NodeConnection, old: NodeConnection): number {
  const there = old.link === 'up' ? [...old.room.remoteParticipants.keys()] : othersLastSeen(old)
  return there.filter((identity) => !room.remoteParticipants.has(identity)).length
}
