// All trials of a case on one rig. A disturbed one is repeated, and kept beside the others.
import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../../../deploy/stack/until.ts'
import type { Case } from './cases.ts'
import { hangNode } from '../faults/faults.ts'
import { type Meeting, gatherLevee, gatherStock } from '../people/meeting.ts'
import { canMakeNetworks } from '../faults/network-namespace.ts'
import { type Rig, openRig, standbyReady } from './rig.ts'
import type { StockEvent } from '../stock/stock-site.ts'
import { openTalk } from '../people/activity.ts'
import { NeverCalm, type Trial, isUndisturbed, runTrial } from './trial.ts'

export interface CaseRun {
  name: string
  spec: Case
  people: number
  trials: Trial[]
  /** Trials that never came to a blow. */
  voids: string[]
  /** Why there is nothing, or not everything. */
  failed?: string
}

export interface CaseOptions {
  trials: number
  people: number
  keep: boolean
  signal: AbortSignal
  onTrial: (trial: Trial, undisturbed: number, spec: Case) => void
  onVoid: (why: string) => void
}

/** A host cannot vanish where no networks can be made: the nearest thing then is one that hangs. */
const possible = (spec: Case): Case =>
  spec.far && !canMakeNetworks()
    ? { ...spec, far: false, sites: 1, nodes: Math.min(spec.nodes, 2), fault: hangNode }
    : spec

export async function runCase(name: string, wish: Case, options: CaseOptions): Promise<CaseRun> {
  const spec = possible(wish)
  const people = spec.people ?? options.people
  const wanted = Math.min(options.trials, spec.trials ?? options.trials)
  const run: CaseRun = { name, spec, people, trials: [], voids: [] }
  const rig = await openRig({ ...spec, keep: options.keep, signal: options.signal })
  try {
    const undisturbed = () => run.trials.filter(isUndisturbed).length
    while (undisturbed() < wanted && run.trials.length + run.voids.length < 2 * wanted) {
      options.signal.throwIfAborted()
      try {
        const trial = await trialOf(rig, spec, people, options.signal)
        run.trials.push(trial)
        options.onTrial(trial, undisturbed(), spec)
      } catch (error) {
        if (!(error instanceof NeverCalm)) throw error
        run.voids.push(error.message)
        options.onVoid(error.message)
      }
    }
    if (run.trials.length === 0) run.failed = run.voids.join('; ')
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
      ? await gatherStock(rig.browser, rig.site, first!, { count })
      : await gatherLevee(rig.browser, rig.stack, count)
  const node = rig.nodes.find(({ id, url }) => [id, url].includes(meeting.node))
  if (!node) throw new Error(`the meeting is on ${meeting.node}, which is not one of ours`)
  const beside = rig.nodes.filter(({ site, id }) => site === node.site && id !== node.id)
  const target = { stack: rig.stack, node, beside }
  const talk = spec.share ? openTalk(meeting, spec.share) : undefined
  try {
    return await runTrial({
      meeting,
      target,
      fault: spec.fault,
      patienceMs: spec.patienceMs,
      ...(talk && { sharer: talk.sharer }),
      prepare: async () => [
        ...(spec.standby === 'off' ? [] : [await standbyReady(rig, meeting)]),
        ...(spec.stoodMs === undefined ? [] : [await standFor(spec.stoodMs, signal)]),
        ...((await talk?.begin()) ?? []),
      ],
      ...(spec.client === 'levee' &&
        rig.nodes.length > 1 && { arrived: (ms: number) => allElsewhere(meeting, ms) }),
      conclude: async () => ({
        broken: (await talk?.end()) ?? [],
        notes: await (spec.client === 'stock' ? endsOfStock(meeting) : placesAfter(meeting)),
      }),
    })
  } finally {
    await talk?.end().catch(() => undefined)
    await meeting.close()
    await spec.fault.mend(target)
  }
}

/** What a browser or LiveKit gives up after some time of silence must show. */
async function standFor(ms: number, signal: AbortSignal): Promise<string> {
  await pause(ms, undefined, { signal })
  return `the standby had stood by for ${ms / 60_000} minutes`
}

/** Every page is connected, and not to the node on which the meeting began. */
const allElsewhere = ({ people, node }: Meeting, timeoutMs: number) =>
  until(
    async () => {
      const elsewhere = `[data-testid=meeting][data-connection=connected]:not([data-node="${node}"])`
      const counts = await Promise.all(people.map(({ page }) => page.locator(elsewhere).count()))
      return counts.every((count) => count === 1)
    },
    { what: 'everybody on another node', timeoutMs, everyMs: 100 },
  )

/** Where each page believes that it is, after all. */
function placesAfter({ people }: Meeting): Promise<string[]> {
  return Promise.all(
    people.map(async ({ name, page }) => {
      const meeting = page.getByTestId('meeting')
      const told = ['data-connection', 'data-node', 'data-epoch'].map((attribute) =>
        meeting.getAttribute(attribute, { timeout: 1_000 }).catch(() => 'nothing'),
      )
      const [connection, node, epoch] = await Promise.all(told)
      return `${name}: ${connection} to ${node} at epoch ${epoch}`
    }),
  )
}

/** What the stock client said of itself. */
async function endsOfStock({ people }: Meeting): Promise<string[]> {
  return Promise.all(
    people.map(async ({ name, page }) => {
      const events: StockEvent[] = await page.evaluate(() => window.levee_stock)
      const first = events[0]?.atMs ?? 0
      const told = events.map(({ name, atMs }) => `${name} +${((atMs - first) / 1000).toFixed(1)} s`)
      return `${name}: ${told.join(', ')}`
    }),
  )
}
