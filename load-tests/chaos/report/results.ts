// What the cases have shown, written and read back.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { LIVEKIT_VERSION } from '../../../deploy/setup/pins.mjs'
import { machine } from '../../benchmarks/report/machine.ts'
import { BENCHMARKS, resultPath } from '../../benchmarks/report/results.ts'
import { CASES } from '../cases/cases.ts'
import type { CrowdRun } from '../people/crowd.ts'
import { figuresOf, isMet, markdownOf } from './report.ts'
import type { CaseRun } from '../cases/run-case.ts'
import { isUndisturbed } from '../cases/trial.ts'

export function keep(what: string, date: string, markdown: string, figures: object, dir = BENCHMARKS): void {
  writeFileSync(resultPath(what, date, 'md', dir), `${markdown}\n`)
  const json = { date, machine: machine(), versions: { livekit: LIVEKIT_VERSION }, ...figures }
  writeFileSync(resultPath(what, date, 'json', dir), `${JSON.stringify(json, null, 1)}\n`)
}

interface Failover {
  runs: readonly CaseRun[]
  crowd?: CrowdRun | undefined
}

/** Adds to what was kept on the same day; a case that was run again takes its own place. */
export function keepFailover(now: Failover, date: string, dir = BENCHMARKS): void {
  const before = readFailover(date, dir)
  const again = new Set(now.runs.map(({ name }) => name))
  const order = Object.keys(CASES)
  const runs = [...before.runs.filter(({ name }) => !again.has(name)), ...now.runs].toSorted(
    (a, b) => order.indexOf(a.name) - order.indexOf(b.name),
  )
  const crowd = now.crowd ?? before.crowd
  keep('failover', date, markdownOf(runs, crowd, date), { ...(crowd && { crowd }), cases: jsonOf(runs) }, dir)
}

/** The cases with all their trials. */
const jsonOf = (runs: readonly CaseRun[]): object[] =>
  runs.map((run) => {
    const undisturbed = run.trials.filter(isUndisturbed)
    const figures = figuresOf(run, undisturbed)
    return {
      case: run.name,
      title: run.spec.title,
      fault: run.spec.fault.what,
      standby: run.spec.standby,
      people: run.people,
      counts: run.spec.counts,
      undisturbed: undisturbed.length,
      figures,
      withDisturbed: figuresOf(run, run.trials),
      targets: run.spec.targets.map((target) => ({ ...target, met: isMet(figures, target) ?? null })),
      ...(run.failed !== undefined && { failed: run.failed }),
      voids: run.voids,
      trials: run.trials,
    }
  })

type Kept = Omit<CaseRun, 'name' | 'spec'> & { case: string }

/** Cases that there are no longer are left out. */
function readFailover(date: string, dir: string): Failover {
  const path = resultPath('failover', date, 'json', dir)
  if (!existsSync(path)) return { runs: [] }
  const { cases, crowd } = JSON.parse(readFileSync(path, 'utf8')) as { cases: Kept[]; crowd?: CrowdRun }
  const runs = cases.flatMap(({ case: name, people, trials, voids, failed }): CaseRun[] => {
    const spec = CASES[name]
    return spec ? [{ name, spec, people, trials, voids, ...(failed !== undefined && { failed }) }] : []
  })
  return { runs, crowd }
}
