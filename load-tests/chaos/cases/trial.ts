// One trial: a stable meeting, a fault, and a measurement of every participant's picture and sound until the meeting is
// stable again or the time is over.
import { type Fault, injectFault } from '../faults/fault.ts'
import type { Target } from '../faults/proofs.ts'
import { foreignCores, markCpu, ownCores } from '../measure/machine-cpu.ts'
import type { Meeting, Person } from '../people/meeting.ts'
import { type Pair, readPairs, untilStable } from '../people/pairs.ts'
import { BASELINE_MS, DISTURBED_CORES, DISTURBED_GAP_MS, SETTLED_MS, STABLE_WITHIN_MS } from '../tuning.ts'
import type { Trial } from './trial-result.ts'

export interface TrialSpec {
  meeting: Meeting
  target: Target
  fault: Fault
  /** A trial without recovery ends after this long. Its gaps are then as long as this, and it is marked as such. */
  timeoutMs: number
  sharer?: Person
  /** Runs in the stable meeting, before the fault. Returns sentences for the report. */
  prepare?: () => Promise<string[]>
  /** Resolves when every client shows that it has arrived. Needed because a move begins seconds after its order. */
  arrived?: (timeoutMs: number) => Promise<unknown>
  /** Runs at the end. Returns other faults, and sentences for the report. */
  conclude?: () => Promise<{ broken: string[]; notes: string[] }>
}

/** The meeting never had two seconds without a gap, so no fault was injected: the machine or the meeting has a problem. */
export class NeverStable extends Error {
  override name = 'NeverStable'
}

/** @throws NeverStable, or NotInjected */
export async function runTrial(spec: TrialSpec): Promise<Trial> {
  const { meeting, target, fault, sharer } = spec
  // Before a screen is shared, so that the preparation starts from a working meeting.
  await untilStable(meeting, { forMs: BASELINE_MS, timeoutMs: STABLE_WITHIN_MS }).catch(
    async (error: unknown) => {
      const { pictureMs, soundMs } = longest(await readPairs(meeting, { fromMs: Date.now() - BASELINE_MS }))
      const gaps = `gaps of ${Math.round(pictureMs)} ms in the picture and ${Math.round(soundMs)} ms in the sound`
      throw new NeverStable(`before the fault there were ${gaps}`, { cause: error })
    },
  )
  const notes = (await spec.prepare?.()) ?? []
  const cpu = markCpu()
  // Starts after the preparation, which may have caused gaps, because these seconds are the baseline.
  const sinceMs = Date.now()
  await untilStable(meeting, { forMs: BASELINE_MS, sinceMs, timeoutMs: STABLE_WITHIN_MS, sharer }).catch(
    () => undefined,
  )
  const baseline = longest(await readPairs(meeting, { fromMs: Date.now() - BASELINE_MS }, sharer))
  const restCores = ownCores(cpu)
  const injection = await injectFault(fault, target)
  const recovered = await untilRecovered(spec, injection.countFromMs).then(
    () => true,
    () => false,
  )
  const pairs = await readPairs(meeting, { fromMs: injection.countFromMs }, sharer)
  const foreign = foreignCores(cpu)
  const concluded = await spec.conclude?.()
  return {
    pairs,
    baseline,
    proofs: injection.proofs,
    notes: [...notes, ...(concluded?.notes ?? [])],
    broken: concluded?.broken ?? [],
    foreignCores: foreign,
    restCores,
    disturbedBy: disturbances(foreign, baseline),
    unrecovered: !recovered,
  }
}

async function untilRecovered(spec: TrialSpec, sinceMs: number): Promise<void> {
  const { meeting, timeoutMs, sharer, arrived } = spec
  const leftMs = () => sinceMs + timeoutMs - Date.now()
  await arrived?.(leftMs())
  await untilStable(meeting, { forMs: SETTLED_MS, sinceMs, timeoutMs: leftMs(), sharer })
}

const longest = (pairs: readonly Pair[]): Trial['baseline'] => ({
  pictureMs: Math.max(...pairs.map(({ picture }) => picture.gapMs)),
  soundMs: Math.max(...pairs.map(({ sound }) => sound.gapMs)),
})

function disturbances(foreign: number, { pictureMs, soundMs }: Trial['baseline']): string[] {
  const reasons: string[] = []
  if (foreign > DISTURBED_CORES) reasons.push(`other processes used ${foreign.toFixed(2)} cores`)
  const gapMs = Math.max(pictureMs, soundMs)
  if (gapMs > DISTURBED_GAP_MS) reasons.push(`a gap of ${Math.round(gapMs)} ms before the fault`)
  return reasons
}
