import {
  LEARN_MAX_TRACKS_SWING,
  LEARN_MEMORY_READINGS,
  LEARN_MIN_CPU_CORES,
  LEARN_MIN_CPU_SHARE,
  LEARN_MIN_TRACKS,
  LEARN_MIX_NOISE,
  LEARN_RECENT,
} from '../tuning/capacity.ts'
import type { Resources } from '@levee/control-plane/protocol/resources'

/** Cost of one track at one moment: cores, bytes/s and packets/s per track (published + subscribed). */
export type PerTrack = { cpuCores: number; bytesPerSec: number; packetsPerSec: number }

/**
 * Regression of cores per track on bytes/s per track: weighted means, variance of bytes/s and covariance. The line
 * through the means is the least-squares fit of cpu = a·tracks + b·bytes/s with every reading divided by its tracks, so
 * that a large load does not outweigh a small one.
 */
type Regression = {
  readings: number
  cpuCores: number
  bytesPerSec: number
  variance: number
  covariance: number
}

export type Learnt = {
  /** The latest readings, newest last. */
  recent: readonly (PerTrack & { tracks: number })[]
  regression: Regression
  /** Present cost of a track, without outliers. */
  mix: PerTrack
}

/**
 * Adds one reading. `cores`: those the node may use. Undefined until there was enough load to learn from.
 *
 * Only the median of the last few readings counts. Nothing is learnt while the number of tracks changes quickly, because
 * rates look back 4 to 10 s and would be divided by tracks that did not exist then.
 */
export function learn(known: Learnt | undefined, load: Resources, cores: number): Learnt | undefined {
  const { tracks, cpuCores, egressBytesPerSec, packetsPerSec } = load
  if (!Number.isFinite(tracks + cpuCores + egressBytesPerSec + packetsPerSec)) return known
  const leastCpu = Math.max(LEARN_MIN_CPU_CORES, LEARN_MIN_CPU_SHARE * cores)
  if (tracks < LEARN_MIN_TRACKS || cpuCores < leastCpu) return known
  const one = {
    tracks,
    cpuCores: cpuCores / tracks,
    bytesPerSec: egressBytesPerSec / tracks,
    packetsPerSec: packetsPerSec / tracks,
  }
  const recent = [...(known?.recent ?? []), one].slice(-LEARN_RECENT.most)
  const counts = recent.map((reading) => reading.tracks)
  const steady = Math.max(...counts) <= Math.min(...counts) * LEARN_MAX_TRACKS_SWING
  const { regression, mix } = known ?? NOTHING
  if (!steady || recent.length < LEARN_RECENT.least) return { recent, regression, mix }
  const middle = {
    cpuCores: median(recent.map((reading) => reading.cpuCores)),
    bytesPerSec: median(recent.map((reading) => reading.bytesPerSec)),
    packetsPerSec: median(recent.map((reading) => reading.packetsPerSec)),
  }
  return { recent, regression: addReading(regression, middle), mix: middle }
}

const NOTHING = {
  regression: { readings: 0, cpuCores: 0, bytesPerSec: 0, variance: 0, covariance: 0 },
  mix: { cpuCores: 0, bytesPerSec: 0, packetsPerSec: 0 },
} as const

function addReading(before: Regression, reading: PerTrack): Regression {
  // The first ones have equal weight; then the oldest fade.
  const readings = Math.min(LEARN_MEMORY_READINGS, before.readings + 1)
  const share = 1 / readings
  const cpu = reading.cpuCores - before.cpuCores
  const bytes = reading.bytesPerSec - before.bytesPerSec
  return {
    readings,
    cpuCores: before.cpuCores + share * cpu,
    bytesPerSec: before.bytesPerSec + share * bytes,
    variance: (1 - share) * (before.variance + share * bytes * bytes),
    covariance: (1 - share) * (before.covariance + share * bytes * cpu),
  }
}

/**
 * Learnt cost: cores per track and cores per byte/s; neither is below 0. With a constant mix the two cannot be separated:
 * all of the cost then goes to the track. The closer changes of mix are to the noise of the byte rate, the more does.
 */
export function costOf({ regression }: Learnt): { perTrack: number; perBytePerSec: number } {
  const { cpuCores, bytesPerSec, variance, covariance } = regression
  const noise = (LEARN_MIX_NOISE * bytesPerSec) ** 2
  const slope = variance > 0 ? covariance / (variance + noise) : 0
  const steepest = bytesPerSec > 0 ? cpuCores / bytesPerSec : 0
  const perBytePerSec = Math.min(steepest, Math.max(0, slope))
  return { perTrack: Math.max(0, cpuCores - perBytePerSec * bytesPerSec), perBytePerSec }
}

/** Cost of one track at the present mix; CPU as learnt, not as last seen. Undefined while nothing was learnt. */
export function perTrack(learnt: Learnt | undefined): PerTrack | undefined {
  if (!learnt || learnt.regression.readings === 0) return undefined
  const cost = costOf(learnt)
  return { ...learnt.mix, cpuCores: cost.perTrack + cost.perBytePerSec * learnt.mix.bytesPerSec }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
