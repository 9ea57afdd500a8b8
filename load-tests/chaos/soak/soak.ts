// A soak: storms of random, bounded blows at everything, and after each of them the promises of the house: nobody is
// stuck, no meeting is split, no meeting is lost.
import { setTimeout as pause } from 'node:timers/promises'
import { type Stack, startStack } from '../../../deploy/stack/stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import { ensureWebBuild } from '../../../deploy/stack/tools/web-build.ts'
import { openChromium } from '../people/browser.ts'
import { gatherLevee, isCalm, readPairs } from '../people/meeting.ts'
import { createRooms, openNativePeople } from '../people/native-people.ts'
import { nodeSpecs } from '../cases/rig.ts'
import { allServe, deal, fullestFirst } from '../faults/random-faults.ts'
import { type BlowKind, planStorms } from './soak-plan.ts'
import { PATIENCE, type Watched, inspect } from './soak-invariants.ts'

export interface SoakOptions {
  minutes: number
  seed: number
  /** People in real browsers, in one meeting; 0: none. */
  browsers: number
  keep?: boolean
  signal: AbortSignal
  tell: (line: string) => void
}

export interface SoakRun {
  seed: number
  minutes: number
  storms: number
  blows: Partial<Record<BlowKind, number>>
  /** After each storm: from the last mended part until everybody had everybody back. */
  backMs: number[]
  /** Storms that are no evidence: LiveKit’s native library ended the people’s process, which is not Levee’s doing. */
  voided: number
  violations: string[]
}

const NODES = 3
const REPLICAS = 2
const NATIVE_ROOMS = 4
const NATIVE_PEOPLE = 3
const FRAMES_PER_SEC = 5

const TALKING_FOR_MS = 1_000
/** Who crashed stays where they were, as a ghost, until LiveKit notices. */
const AFTER_A_CRASH = { backWithinMs: 60_000, splitAtMostMs: 60_000 }

export async function soak(options: SoakOptions): Promise<SoakRun> {
  const { seed, minutes, browsers, signal, tell } = options
  const run: SoakRun = { seed, minutes, storms: 0, blows: {}, backMs: [], voided: 0, violations: [] }
  const endMs = performance.now() + minutes * 60_000
  if (browsers > 0) await ensureWebBuild()
  const stack = await startStack({
    nodes: nodeSpecs(NODES),
    replicas: REPLICAS,
    logLevel: 'warn',
    keep: options.keep ?? false,
    signal,
  })
  const closers: (() => unknown)[] = [stack.stop]
  try {
    const { meetings, crashes } = await openMeetings(stack, browsers, closers)
    for (const storm of planStorms({ seed, nodes: NODES, replicas: REPLICAS })) {
      if (performance.now() > endMs || signal.aborted) break
      const crashesBefore = crashes()
      const nodes = await fullestFirst(stack)
      const dealt = storm.blows.map(async (blow) => {
        await pause(blow.atMs, undefined, { signal })
        tell(`storm ${run.storms + 1}: ${blow.kind} ${blow.which + 1} for ${blow.forMs} ms`)
        await deal(stack, nodes, blow)
        run.blows[blow.kind] = (run.blows[blow.kind] ?? 0) + 1
      })
      await Promise.all(dealt)
      await allServe(stack)
      run.storms++
      const isVoid = crashes() > crashesBefore
      const found = await inspect(stack, meetings, isVoid ? AFTER_A_CRASH : PATIENCE)
      if (isVoid) run.voided++
      else run.backMs.push(found.backMs)
      const told = found.violations.map((what) => `after storm ${run.storms}: ${what}`)
      run.violations.push(...told)
      tell(
        `storm ${run.storms}: everybody back after ${Math.round(found.backMs)} ms${isVoid ? ', but LiveKit’s native library had crashed: no evidence' : ''}${told.map((what) => `\n  ✗ ${what}`).join('')}`,
      )
    }
  } finally {
    if (options.keep) tell(`logs: ${stack.dataDir}/logs`)
    for (const close of closers.toReversed()) await close()
  }
  return run
}

async function openMeetings(
  stack: Stack,
  browsers: number,
  closers: (() => unknown)[],
): Promise<{ meetings: Watched[]; crashes: () => number }> {
  const codes = await createRooms(stack.url, NATIVE_ROOMS, NATIVE_PEOPLE)
  const native = openNativePeople({
    urls: stack.urls,
    codes,
    people: NATIVE_PEOPLE,
    framesPerSec: FRAMES_PER_SEC,
    processes: 1,
  })
  closers.push(native.close)
  await until(native.allWhole, {
    what: 'everybody seeing everybody',
    timeoutMs: PATIENCE.backWithinMs,
  })
  const meetings = codes.map((code, i): Watched => {
    const state = () => native.rooms()[i]!
    return {
      name: `native ${i + 1}`,
      code,
      isTalking: async () => state().whole,
      epochs: async () => state().epochs,
    }
  })
  const { crashes } = native
  if (browsers === 0) return { meetings, crashes }
  const browser = await openChromium()
  closers.push(() => browser.close())
  const meeting = await gatherLevee(browser, stack, browsers)
  const epochOf = async ({ page }: (typeof meeting.people)[number]) =>
    Number(
      await page
        .getByTestId('meeting')
        .getAttribute('data-epoch', { timeout: 1_000 })
        .catch(() => 0),
    )
  meetings.push({
    name: 'Chromium',
    code: meeting.code,
    isTalking: async () => isCalm(await readPairs(meeting, { fromMs: Date.now() - TALKING_FOR_MS })),
    epochs: async () => [...new Set(await Promise.all(meeting.people.map(epochOf)))],
  })
  return { meetings, crashes }
}
