import { JOIN_CAP_PPM, JOINS_PER_SEC_PER_CORE } from '@levee/control-plane/protocol/limits'
import { utilisationPpm } from '@levee/control-plane/protocol/resources'
import type { Reading } from '../readings/readings.ts'

type Measured = Pick<Reading, 'capacity' | 'load'>

export type Admission = {
  /** Takes the latest reading; a load of null keeps the one before. */
  setReading(reading: Measured): void
  admit(purpose: 'join' | 'rejoin'): 'admitted' | 'node_full' | 'node_busy'
}

/**
 * Limits joins to this node as the control plane does: no join above the cap of its capacity, and no more joins per
 * second than it can take. Rejoins are counted and never refused. `joinsPerSec` undefined: derived from the cores.
 */
export function admission(options: { joinsPerSec: number | undefined; nowMs?: () => number }): Admission {
  const { joinsPerSec, nowMs = Date.now } = options
  let last: Measured | undefined
  let second = 0
  let joins = 0

  const limit = () => joinsPerSec ?? Math.ceil((last?.capacity.cpuCores ?? 1) * JOINS_PER_SEC_PER_CORE)
  const isFull = () => last?.load != null && utilisationPpm(last.load, last.capacity) > JOIN_CAP_PPM

  return {
    setReading(reading) {
      last = { capacity: reading.capacity, load: reading.load ?? last?.load ?? null }
    },
    admit(purpose) {
      const now = Math.floor(nowMs() / 1_000)
      if (now !== second) [second, joins] = [now, 0]
      if (purpose === 'join') {
        if (isFull()) return 'node_full'
        if (joins >= limit()) return 'node_busy'
      }
      joins += 1
      return 'admitted'
    },
  }
}
