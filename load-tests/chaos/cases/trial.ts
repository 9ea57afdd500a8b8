// One trial: people talk undisturbed, something breaks, and everybody’s picture and sound is followed until all is
// well again or patience is over.
import { foreignCores, markCpu, ownCores } from '../measure/machine-cpu.ts'
import { type Fault, strike } from '../faults/faults.ts'
import { type Meeting, type Pair, type Person, calm, readPairs } from '../people/meeting.ts'
import type { Target } from '../faults/proofs.ts'

export interface TrialSpec {
  meeting: Meeting
  target: Target
  fault: Fault
  /** Given up after this long; gaps then are as long as that, and the trial says so. */
  patienceMs: number
  sharer?: Person
  /** Awaited when people talk, before the blow; sentences for the report. */
  prepare?: () => Promise<string[]>
  /** Resolves when everybody says that they are where they belong now: a move begins seconds after its order. */
  arrived?: (timeoutMs: number) => Promise<unknown>
  /** After all is well: what broke besides, and sentences for the report. */
  conclude?: () => Promise<{ broken: string[]; notes: string[] }>
}

export interface Trial {
  pairs: Pair[]
  /** Longest gaps of anybody just before the blow. */
  baseline: { pictureMs: number; soundMs: number }
  /** What proves that it really happened. */
  proofs: string[]
  notes: string[]
  /** What must never happen and did, however short the gaps: a line of chat lost, a share asked for again. */
  broken: string[]
  foreignCores: number
  /** Cores that everything took in the calm seconds before the blow: the same work takes more of a slower machine. */
  restCores: number
  /** Why this trial does not count for a target; empty: it does. */
  disturbedBy: string[]
  /** Not everybody had everybody back when patience was over. */
  unrecovered: boolean
}

/** It counts for a target. */
export const isUndisturbed = ({ disturbedBy }: Trial): boolean => disturbedBy.length === 0

const BASELINE_MS = 2_000
/** As long without a gap, and it is over: what goes wrong later still counts until then. */
const SETTLED_MS = 3_000
const CALM_WITHIN_MS = 20_000

const DISTURBED = { foreignCores: 0.15, gapMs: 150 }

/** People never had two seconds without a gap, so nothing was struck: the machine is too busy, or the meeting is ill. */
export class NeverCalm extends Error {
  override name = 'NeverCalm'
}

/** Throws when the trial is void: NeverCalm, or NotStruck. */
export async function runTrial(spec: TrialSpec): Promise<Trial> {
  const { meeting, target, fault, sharer } = spec
  // Before anything is shared: what is prepared is prepared for a meeting that runs.
  await calm(meeting, { forMs: BASELINE_MS, timeoutMs: CALM_WITHIN_MS }).catch(async (error: unknown) => {
    const { pictureMs, soundMs } = worst(await readPairs(meeting, { fromMs: Date.now() - BASELINE_MS }))
    const told = `gaps of ${Math.round(pictureMs)} ms in the picture and ${Math.round(soundMs)} ms in the sound`
    throw new NeverCalm(`before the blow there were ${told}`, { cause: error })
  })
  const notes = (await spec.prepare?.()) ?? []
  const cpu = markCpu()
  // Again: what was prepared may have disturbed somebody, and the last seconds are the baseline.
  const sinceMs = Date.now()
  await calm(meeting, { forMs: BASELINE_MS, sinceMs, timeoutMs: CALM_WITHIN_MS, sharer }).catch(
    () => undefined,
  )
  const baseline = worst(await readPairs(meeting, { fromMs: Date.now() - BASELINE_MS }, sharer))
  const restCores = ownCores(cpu)
  const blow = await strike(fault, target)
  const settled = await settle(spec, blow.countFromMs).then(
    () => true,
    () => false,
  )
  const pairs = await readPairs(meeting, { fromMs: blow.countFromMs }, sharer)
  const foreign = foreignCores(cpu)
  const concluded = await spec.conclude?.()
  return {
    pairs,
    baseline,
    proofs: blow.proofs,
    notes: [...notes, ...(concluded?.notes ?? [])],
    broken: concluded?.broken ?? [],
    foreignCores: foreign,
    restCores,
    disturbedBy: disturbances(foreign, baseline),
    unrecovered: !settled,
  }
}

async function settle({ meeting, patienceMs, sharer, arrived }: TrialSpec, sinceMs: number): Promise<void> {
  const leftMs = () => sinceMs + patienceMs - Date.now()
  await arrived?.(leftMs())
  await calm(meeting, { forMs: SETTLED_MS, sinceMs, timeoutMs: leftMs(), sharer })
}

const worst = (pairs: readonly Pair[]): Trial['baseline'] => ({
  pictureMs: Math.max(...pairs.map(({ picture }) => picture.gapMs)),
  soundMs: Math.max(...pairs.map(({ sound }) => sound.gapMs)),
})

function disturbances(foreign: number, { pictureMs, soundMs }: Trial['baseline']): string[] {
  const reasons: string[] = []
  if (foreign > DISTURBED.foreignCores) reasons.push(`others used ${foreign.toFixed(2)} cores`)
  const gapMs = Math.max(pictureMs, soundMs)
  if (gapMs > DISTURBED.gapMs) reasons.push(`a gap of ${Math.round(gapMs)} ms before the blow`)
  return reasons
}
