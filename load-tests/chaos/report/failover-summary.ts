// Published figures per case, without single trials.
import { median, percentile } from '@levee/deploy/statistics'
import type { Case, Limit, Medium } from '../cases/cases.ts'
import type { RoomsMove } from '../cases/move-rooms.ts'
import type { CaseRun } from '../cases/run-case.ts'
import { type Trial, isUndisturbed } from '../cases/trial-result.ts'
import type { Interruption } from '../measure/gaps.ts'
import type { Pair } from '../people/pairs.ts'

/** Milliseconds over every receiver and sender of all trials. */
export interface Ranks {
  median: number
  p95: number
  worst: number
  /** A trial ended without recovery; its gaps are as long as it was observed. */
  open: boolean
}

export interface Figures extends Partial<Record<Medium, Ranks>> {
  trials: number
  /** Trials in which some participants did not receive every other again. */
  unrecovered: number
  /** Median of the CPU that the meeting used before the fault. Absent before 2026-11-27. */
  restCores?: number
}

export interface CaseSummary {
  case: string
  title: string
  fault: string
  standby: Case['standby']
  people: number
  /** See Case. */
  measures: Case['measures']
  commit?: string
  figures: Figures
  /** Medians of the longest gaps just before the fault. */
  before?: { pictureMs: number; soundMs: number }
  /** Figures including the trials that other processes disturbed; only if there were any. */
  withDisturbed?: Figures
  targets: readonly (Limit & { met: boolean | null })[]
  /** Why the case did not run to its end. */
  failed?: string
  /** Trials that never reached their fault, and why the first of them did not. */
  skipped?: { count: number; first: string }
  /** Faults that must never happen. */
  broken?: string[]
}

export interface FailoverSummary {
  date: string
  machine: string
  versions: { livekit: string }
  rooms50?: RoomsMove
  cases: CaseSummary[]
}

export function summarize(run: CaseRun, commit?: string): CaseSummary {
  const { spec } = run
  const undisturbed = run.trials.filter(isUndisturbed)
  const figures = figuresOf(spec, undisturbed)
  const before = undisturbed.map(({ baseline }) => baseline)
  const broken = run.trials.flatMap((trial, i) => trial.broken.map((what) => `trial ${i + 1}: ${what}`))
  return {
    case: run.name,
    title: spec.title,
    fault: spec.fault.what,
    standby: spec.standby,
    people: run.people,
    measures: spec.measures,
    ...(commit !== undefined && { commit }),
    figures,
    ...(before.length > 0 && {
      before: {
        pictureMs: median(before.map(({ pictureMs }) => pictureMs)),
        soundMs: median(before.map(({ soundMs }) => soundMs)),
      },
    }),
    ...(undisturbed.length < run.trials.length && { withDisturbed: figuresOf(spec, run.trials) }),
    targets: spec.targets.map((target) => ({ ...target, met: isMet(figures, target) ?? null })),
    ...(run.failed !== undefined && { failed: run.failed }),
    ...(run.skipped[0] !== undefined && { skipped: { count: run.skipped.length, first: run.skipped[0] } }),
    ...(broken.length > 0 && { broken }),
  }
}

export function figuresOf({ measures }: Pick<Case, 'measures'>, trials: readonly Trial[]): Figures {
  const unrecovered = trials.filter((trial) => trial.unrecovered).length
  const rest = trials.flatMap(({ restCores }) => restCores ?? [])
  const ms = (one: Interruption) => msOf(measures, one)
  const ranks = (pick: (pair: Pair) => Interruption | undefined): Ranks | undefined => {
    const samples = trials.flatMap(({ pairs }) => pairs.flatMap((pair) => pick(pair) ?? [])).map(ms)
    if (samples.length === 0) return undefined
    const [worst, open] = [Math.max(...samples), unrecovered > 0]
    return { median: median(samples), p95: percentile(samples, 95), worst, open }
  }
  const picture = ranks((pair) => pair.picture)
  const sound = ranks((pair) => pair.sound)
  const share = ranks((pair) => pair.share)
  return {
    trials: trials.length,
    unrecovered,
    ...(rest.length > 0 && { restCores: median(rest) }),
    ...(picture && { picture }),
    ...(sound && { sound }),
    ...(share && { share }),
  }
}

/** The figure of one interruption that the case measures. */
export const msOf = (measures: Case['measures'], { gapMs, restoredMs }: Interruption): number =>
  measures === 'longest gap' ? gapMs : restoredMs

function isMet(figures: Figures, { medium, rank, ms }: Limit): boolean | undefined {
  const value = figures[medium]?.[rank]
  return value === undefined ? undefined : value <= ms
}
