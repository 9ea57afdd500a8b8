// A soak: storms of random, bounded faults everywhere, and a check of the invariants after each of them.
import { setTimeout as pause } from 'node:timers/promises'
import { type Stack, startStack } from '@levee/deploy/stack'
import { nodeSpecs } from '../cases/node-specs.ts'
import { SOAK_LIMITS, SOAK_LIMITS_AFTER_CRASH, SOAK_NODES, SOAK_REPLICAS } from '../tuning.ts'
import { allServing, fullestFirst, runFault } from './random-faults.ts'
import { type SoakMeeting, checkInvariants } from './soak-invariants.ts'
import { openSoakMeetings } from './soak-meetings.ts'
import { type FaultKind, planStorms } from './soak-plan.ts'

export interface SoakOptions {
  minutes: number
  seed: number
  /** One more meeting, in real browsers. */
  browserMeeting?: {
    /** Called before the servers start. */
    prepare: () => Promise<unknown>
    /** Functions that close the meeting are added to `closers`. */
    open: (stack: Stack, closers: (() => unknown)[]) => Promise<SoakMeeting>
  }
  /** Keeps data and logs. */
  keep?: boolean
  signal: AbortSignal
  log: (line: string) => void
}

export interface SoakRun {
  seed: number
  minutes: number
  storms: number
  faults: Partial<Record<FaultKind, number>>
  /** For each storm, the time from the last repair until every participant received every other again. */
  recoveryMs: number[]
  /** Storms in which LiveKit's native library crashed, so that they prove nothing about Levee. */
  inconclusive: number
  violations: string[]
}

export async function soak(options: SoakOptions): Promise<SoakRun> {
  const { seed, minutes, browserMeeting, signal, log } = options
  const run: SoakRun = {
    seed,
    minutes,
    storms: 0,
    faults: {},
    recoveryMs: [],
    inconclusive: 0,
    violations: [],
  }
  const endMs = performance.now() + minutes * 60_000
  await browserMeeting?.prepare()
  const stack = await startStack({
    nodes: nodeSpecs(SOAK_NODES),
    replicas: SOAK_REPLICAS,
    logLevel: 'warn',
    keep: options.keep ?? false,
    signal,
  })
  const closers: (() => unknown)[] = [stack.stop]
  try {
    const { meetings, crashes } = await openSoakMeetings(stack, closers)
    if (browserMeeting) meetings.push(await browserMeeting.open(stack, closers))
    for (const storm of planStorms({ seed, nodes: SOAK_NODES, replicas: SOAK_REPLICAS })) {
      if (performance.now() > endMs || signal.aborted) break
      const crashesBefore = crashes()
      const nodes = await fullestFirst(stack)
      const running = storm.faults.map(async (fault) => {
        await pause(fault.atMs, undefined, { signal })
        log(`storm ${run.storms + 1}: ${fault.kind} ${fault.index + 1} for ${fault.forMs} ms`)
        await runFault(stack, nodes, fault)
        run.faults[fault.kind] = (run.faults[fault.kind] ?? 0) + 1
      })
      await Promise.all(running)
      await allServing(stack)
      run.storms++
      const crashed = crashes() > crashesBefore
      const { recoveryMs, violations } = await checkInvariants(
        stack,
        meetings,
        crashed ? SOAK_LIMITS_AFTER_CRASH : SOAK_LIMITS,
      )
      if (crashed) run.inconclusive++
      else run.recoveryMs.push(recoveryMs)
      const found = violations.map((what) => `after storm ${run.storms}: ${what}`)
      run.violations.push(...found)
      const remark = crashed ? '; inconclusive, because LiveKit’s native library crashed' : ''
      log(`storm ${run.storms}: recovered after ${Math.round(recoveryMs)} ms${remark}`)
      for (const what of found) log(`✗ ${what}`)
    }
  } finally {
    if (options.keep) log(`logs: ${stack.dataDir}/logs`)
    for (const close of closers.toReversed()) await close()
  }
  return run
}
