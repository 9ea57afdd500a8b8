import {
  LEARN_MAX_TRACKS_SWING,
  LEARN_MEMORY_READINGS,
  LEARN_MIN_CPU_CORES,
  LEARN_MIN_CPU_SHARE,
  LEARN_MIN_TRACKS,
  LEARN_MIX_NOISE,
  LEARN_RECENT,
} from '../tuning/agent.ts'
import type { Resources } from './capacity.ts'

/** What one track took at one moment: cores, bytes/s and packets/s per track (published + subscribed). */
export type PerTrack = { cpuCores: number; bytesPerSec: number; packetsPerSec: number }

/**
 * Cores per track over bytes/s per track: weighted means, spread and joint spread of what was seen. A line through
 * the means is the least-squares fit of cpu = a·tracks + b·bytes/s with every reading divided by its tracks, so that
 * a large load does not outvote a small one.
 */
type Line = { readings: number; cpuCores: number; bytesPerSec: number; spread: number; joint: number }

export type Learnt = {
  /** The latest readings, newest last. */
  recent: readonly (PerTrack & { tracks: number })[]
  line: Line
  /** What a track takes now, without the outliers. */
  mix: PerTrack
}

/**
 * Weighs one reading in. `cores` is what the node may use. Undefined until there was enough to see.
 *
 * A single reading has no say: the middle of the last few has. While the number of tracks leaps nothing is learnt, for
 * rates look back 4 to 10 s and would be shared out over tracks that were not there.
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
  const { line, mix } = known ?? NOTHING
  if (!steady || recent.length < LEARN_RECENT.least) return { recent, line, mix }
  const middle = {
    cpuCores: median(recent.map((reading) => reading.cpuCores)),
    bytesPerSec: median(recent.map((reading) => reading.bytesPerSec)),
    packetsPerSec: median(recent.map((reading) => reading.packetsPerSec)),
  }
  return { recent, line: weighIn(line, middle), mix: middle }
}

const NOTHING = {
  line: { readings: 0, cpuCores: 0, bytesPerSec: 0, spread: 0, joint: 0 },
  mix: { cpuCores: 0, bytesPerSec: 0, packetsPerSec: 0 },
} as const

function weighIn(line: Line, seen: PerTrack): Line {
  // The first ones count alike; then the oldest fade.
  const readings = Math.min(LEARN_MEMORY_READINGS, line.readings + 1)
  const share = 1 / readings
  const cpu = seen.cpuCores - line.cpuCores
  const bytes = seen.bytesPerSec - line.bytesPerSec
  return {
    readings,
    cpuCores: line.cpuCores + share * cpu,
    bytesPerSec: line.bytesPerSec + share * bytes,
    spread: (1 - share) * (line.spread + share * bytes * bytes),
    joint: (1 - share) * (line.joint + share * bytes * cpu),
  }
}

/**
 * Cores per track and cores per byte/s as learnt; neither is below 0. Where the mix never changed the two cannot be
 * told apart: then all goes to the track, as it does the more, the nearer the changes of mix come to the noise of
 * the byte rate.
 */
export function costOf({ line }: Learnt): { perTrack: number; perBytePerSec: number } {
  const noise = (LEARN_MIX_NOISE * line.bytesPerSec) ** 2
  const slope = line.spread > 0 ? line.joint / (line.spread + noise) : 0
  const steepest = line.bytesPerSec > 0 ? line.cpuCores / line.bytesPerSec : 0
  const perBytePerSec = Math.min(steepest, Math.max(0, slope))
  return { perTrack: Math.max(0, line.cpuCores - perBytePerSec * line.bytesPerSec), perBytePerSec }
}

/** What one track takes at the present mix; undefined while nothing was learnt. CPU is as learnt, not as just seen. */
export function perTrack(learnt: Learnt | undefined): PerTrack | undefined {
  if (!learnt || learnt.line.readings === 0) return undefined
  const cost = costOf(learnt)
  return { ...learnt.mix, cpuCores: cost.perTrack + cost.perBytePerSec * learnt.mix.bytesPerSec }
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
