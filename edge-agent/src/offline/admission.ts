import type { Reading } from '../readings/readings.ts'
import { JOIN_CAP, JOINS_PER_SEC_PER_CORE } from '../tuning/offline.ts'

type Measured = Pick<Reading, 'capacity' | 'load'>

/**
 * How many more people the node takes, by the rules of the control plane: nobody new above 0.9 of what it bears, and no
 * more joins in a second than it bears. Who comes back is counted and never refused.
 */
export function admission(options: {
  /** By word of the operator; undefined: by the cores. */
  joinsPerSec: number | undefined
  nowMs?: () => number
}) {
  const { joinsPerSec, nowMs = Date.now } = options
  let last: Measured | undefined
  let second = 0
  let joins = 0

  const limit = () => joinsPerSec ?? Math.ceil((last?.capacity.cpuCores ?? 1) * JOINS_PER_SEC_PER_CORE)

  return {
    /** A load that could not be read leaves the one before. */
    measured(reading: Measured) {
      last = { capacity: reading.capacity, load: reading.load ?? last?.load ?? null }
    },
    ask(purpose: 'join' | 'rejoin'): 'welcome' | 'node_full' | 'node_busy' {
      const now = Math.floor(nowMs() / 1_000)
      if (now !== second) [second, joins] = [now, 0]
      if (purpose === 'join') {
        if (utilisation(last) > JOIN_CAP) return 'node_full'
        if (joins >= limit()) return 'node_busy'
      }
      joins += 1
      return 'welcome'
    },
  }
}

/** The worst of CPU, egress, packets and tracks over capacity; 0 before anything was read. */
function utilisation(measured: Measured | undefined): number {
  if (!measured?.load) return 0
  const { load, capacity } = measured
  const names = Object.keys(capacity) as (keyof typeof capacity)[]
  return Math.max(...names.map((name) => (capacity[name] > 0 ? load[name] / capacity[name] : 0)))
}
