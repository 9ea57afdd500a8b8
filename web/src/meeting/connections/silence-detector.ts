import { receivedOnlyOn } from './split-detector.ts'
import type { MediaMonitor } from './media-monitor.ts'
import type { NodeConnection } from './connection.ts'
import type { Connections } from './connections.ts'

/** So long a false alarm makes us more patient. */
const ALARM_MS = 30_000
/** Somebody who is heard on the standby alone for a moment has only been slow. */
const ALONE_MS = 400

/** What it means that nothing comes on a connection, or that somebody comes on one and not on the other. */
export class SilenceDetector {
  readonly #connections: Connections
  readonly #monitor: MediaMonitor
  /** When silence was a false alarm. */
  readonly #alarms: number[] = []
  /** Since somebody is heard on the standby alone. */
  #aloneSinceMs: number | undefined

  constructor(connections: Connections, monitor: MediaMonitor) {
    this.#connections = connections
    this.#monitor = monitor
  }

  /** Of a standby silence says nothing: nobody sends there. */
  of(connection: NodeConnection, nowMs: number): boolean {
    if (connection.role === 'standby' || (connection.link !== 'up' && connection.link !== 'degraded'))
      return false
    const warm = this.#connections.all.length > 1
    return this.#monitor.silent(connection, nowMs, warm, this.#patience(nowMs)) ?? connection.silent
  }

  /** It was only slow: the next time we wait longer, or a busy machine would be made busier. */
  wasFalse(nowMs: number): void {
    this.#alarms.push(nowMs)
  }

  /** Somebody on this standby cannot reach the active node: they are answered here. */
  echoesOn(standby: NodeConnection, active: NodeConnection, nowMs: number): boolean {
    const alone = receivedOnlyOn(standby, active, this.#monitor, nowMs)
    this.#aloneSinceMs = alone ? (this.#aloneSinceMs ?? nowMs) : undefined
    return this.#aloneSinceMs !== undefined && nowMs - this.#aloneSinceMs >= ALONE_MS
  }

  #patience(nowMs: number): number {
    while (nowMs - (this.#alarms[0] ?? nowMs) > ALARM_MS) this.#alarms.shift()
    return 2 ** Math.min(this.#alarms.length, 3)
  }
}
