// All trials of a case on one rig. A disturbed trial is repeated, and published separately.
import { setTimeout as pause } from 'node:timers/promises'
import { until } from '@levee/deploy/until'
import { canCreateNetworks } from '../faults/network-namespace.ts'
import { hangNode } from '../faults/node-faults.ts'
import { prepareActivity } from '../people/activity.ts'
import { type Meeting, openMeeting, openStockMeeting } from '../people/meeting.ts'
import type { StockEvent } from '../stock/stock-site.ts'
import type { Case } from './cases.ts'
import { type Rig, openRig, standbyReady } from './rig.ts'
import { type Trial, isUndisturbed } from './trial-result.ts'
import { NeverStable, runTrial } from './trial.ts'

export interface CaseRun {
  name: string
  spec: Case
  people: number
  trials: Trial[]
  /** Why some trials never reached their fault. */
  skipped: string[]
  /** Why there are no trials, or too few. */
  failed?: string
}

export interface CaseOptions {
  trials: number
  people: number
  keep: boolean
  signal: AbortSignal
  onTrial: (trial: Trial, undisturbed: number, spec: Case) => void
  onSkipped: (why: string) => void
}

/** Without network namespaces a host cannot be lost; a hanging host is closest to that. */
const possible = (spec: Case): Case =>
  spec.isolated && !canCreateNetworks()
    ? { ...spec, isolated: false, sites: 1, nodes: Math.min(spec.nodes, 2), fault: hangNode }
    : spec

export async function runCase(name: string, wanted: Case, options: CaseOptions): Promise<CaseRun> {
  const spec = possible(wanted)
  const people = spec.people ?? options.people
  const count = Math.min(options.trials, spec.maxTrials ?? options.trials)
  const run: CaseRun = { name, spec, people, trials: [], skipped: [] }
  const rig = await openRig({ ...spec, keep: options.keep, signal: options.signal })
  try {
    const undisturbed = () => run.trials.filter(isUndisturbed).length
    while (undisturbed() < count && run.trials.length + run.skipped.length < 2 * count) {
      options.signal.throwIfAborted()
      try {
        const trial = await trialOf(rig, spec, people, options.signal)
        run.trials.push(trial)
        options.onTrial(trial, undisturbed(), spec)
      } catch (error) {
        if (!(error instanceof NeverStable)) throw error
        run.skipped.push(error.message)
        options.onSkipped(error.message)
      }
    }
    if (run.trials.length === 0) run.failed = run.skipped.join('; ')
  } catch (error) {
    if (options.signal.aborted) throw error
    run.failed = error instanceof Error ? error.message : String(error)
  } finally {
    if (options.keep) process.stderr.write(`  logs: ${rig.stack.dataDir}/logs\n`)
    await rig.close()
  }
  return run
}

async function trialOf(rig: Rig, spec: Case, count: number, signal: AbortSignal): Promise<Trial> {
  const [first] = rig.nodes
  const meeting =
    spec.client === 'stock'
      ? await openStockMeeting(rig.browser, rig.site, first!, { count })
      : await openMeeting(rig.browser, rig.stack, count)
  const node = rig.nodes.find(({ id, url }) => [id, url].includes(meeting.node))
  if (!node) throw new Error(`the meeting is on ${meeting.node}, which is not a node of this rig`)
  const neighbours = rig.nodes.filter(({ site, id }) => site === node.site && id !== node.id)
  const target = { stack: rig.stack, node, neighbours }
  const activity = spec.share ? prepareActivity(meeting, spec.share) : undefined
  try {
    return await runTrial({
      meeting,
      target,
      fault: spec.fault,
      timeoutMs: spec.timeoutMs,
      ...(activity && { sharer: activity.sharer }),
      prepare: async () => [
        ...(spec.standby === 'off' ? [] : [await standbyReady(rig, meeting)]),
        ...(spec.standbyForMs === undefined ? [] : [await waitOnStandby(spec.standbyForMs, signal)]),
        ...((await activity?.start()) ?? []),
      ],
      ...(spec.client === 'levee' &&
        rig.nodes.length > 1 && { arrived: (ms: number) => allElsewhere(meeting, ms) }),
      conclude: async () => ({
        broken: (await activity?.end()) ?? [],
        notes: await (spec.client === 'stock' ? stockEvents(meeting) : connections(meeting)),
      }),
    })
  } finally {
    await activity?.end().catch(() => undefined)
    await meeting.close()
    await spec.fault.repair(target)
  }
}

/** Waits, to find connections that a browser or LiveKit closes after some time of silence. */
async function waitOnStandby(ms: number, signal: AbortSignal): Promise<string> {
  await pause(ms, undefined, { signal })
  return `the standby had existed for ${ms / 60_000} minutes`
}

/** Whether every page is connected to another node than the one on which the meeting began. */
const allElsewhere = ({ people, node }: Meeting, timeoutMs: number) =>
  until(
    async () => {
      const elsewhere = `[data-testid=meeting][data-connection=connected]:not([data-node="${node}"])`
      const counts = await Promise.all(people.map(({ page }) => page.locator(elsewhere).count()))
      return counts.every((count) => count === 1)
    },
    { what: 'every participant on another node', timeoutMs, everyMs: 100 },
  )

/** The connection of each page, as it shows it. */
function connections({ people }: Meeting): Promise<string[]> {
  return Promise.all(
    people.map(async ({ name, page }) => {
      const meeting = page.getByTestId('meeting')
      const values = ['data-connection', 'data-node', 'data-epoch'].map((attribute) =>
        meeting.getAttribute(attribute, { timeout: 1_000 }).catch(() => 'nothing'),
      )
      const [connection, node, epoch] = await Promise.all(values)
      return `${name}: ${connection} to ${node} at epoch ${epoch}`
    }),
  )
}

/** The room events of the stock client. */
async function stockEvents({ people }: Meeting): Promise<string[]> {
  return Promise.all(
    people.map(async ({ name, page }) => {
      const events: StockEvent[] = await page.evaluate(() => window.levee_stock)
      const first = events[0]?.atMs ?? 0
      const times = events.map((event) => `${event.name} +${((event.atMs - first) / 1000).toFixed(1)} s`)
      return `${name}: ${times.join(', ')}`
    }),
  )
}
