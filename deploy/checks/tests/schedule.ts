// The order in which test files run, and which of them run at the same time.
import { availableParallelism } from 'node:os'
import { PARALLEL_BROWSERS, PARALLEL_PARTS } from '../../setup/tuning.mjs'
import type { Needs, Tier } from './needs.ts'
import { type Group, groupBySharedStack } from './groups.ts'
import type { TestFile } from './run-file.ts'

interface Phase {
  tier: Tier
  /** How many files run at the same time. */
  parallel: number
  has(needs: Needs): boolean
}

const PHASES: readonly Phase[] = [
  { tier: 'pure', parallel: availableParallelism(), has: ({ tier, alone }) => tier === 'pure' && !alone },
  { tier: 'pure', parallel: 1, has: ({ tier, alone }) => tier === 'pure' && alone },
  { tier: 'parts', parallel: PARALLEL_PARTS, has: ({ tier, alone }) => tier === 'parts' && !alone },
  { tier: 'parts', parallel: 1, has: ({ tier, alone }) => tier === 'parts' && alone },
  { tier: 'browser', parallel: PARALLEL_BROWSERS, has: ({ tier, alone }) => tier === 'browser' && !alone },
  { tier: 'browser', parallel: 1, has: ({ tier, alone }) => tier === 'browser' && alone },
]

/** Runs all files, phase by phase, while `goesOn` is true. Returns the time that each tier took. */
export async function runInPhases(
  files: readonly TestFile[],
  runGroup: (group: Group) => Promise<void>,
  goesOn: () => boolean,
): Promise<Map<Tier, number>> {
  const tookMs = new Map<Tier, number>()
  for (const { tier, parallel, has } of PHASES) {
    const queue = groupBySharedStack(files.filter(({ needs }) => has(needs)))
    if (queue.length === 0) continue
    const startedMs = performance.now()
    const worker = async () => {
      while (goesOn()) {
        const group = queue.shift()
        if (!group) return
        await runGroup(group)
      }
    }
    await Promise.all(Array.from({ length: parallel }, worker))
    tookMs.set(tier, (tookMs.get(tier) ?? 0) + performance.now() - startedMs)
  }
  return tookMs
}
