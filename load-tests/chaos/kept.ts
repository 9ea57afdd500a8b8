// Results under docs/benchmarks, a file of each kind for each day.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LIVEKIT_VERSION, repoDir } from '../../deploy/local/pins.mjs'
import { machine } from '../bench/machine.ts'
import { CASES } from './cases.ts'
import type { CrowdRun } from './crowd.ts'
import { jsonOf, markdownOf } from './report.ts'
import type { CaseRun } from './run-case.ts'

export const today = () => new Date().toISOString().slice(0, 10)

const pathOf = (what: string, date: string, dir: string) => join(dir, `${date}-${what}`)
const BENCHMARKS = join(repoDir, 'docs', 'benchmarks')

export function keep(what: string, date: string, markdown: string, figures: object, dir = BENCHMARKS): void {
  const base = pathOf(what, date, dir)
  writeFileSync(`${base}.md`, `${markdown}\n`)
  const json = { date, machine: machine(), versions: { livekit: LIVEKIT_VERSION }, ...figures }
  writeFileSync(`${base}.json`, `${JSON.stringify(json, null, 1)}\n`)
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

type Kept = Omit<CaseRun, 'name' | 'spec'> & { case: string }

/** Cases that there are no longer are left out. */
function readFailover(date: string, dir: string): Failover {
  const path = `${pathOf('failover', date, dir)}.json`
  if (!existsSync(path)) return { runs: [] }
  const { cases, crowd } = JSON.parse(readFileSync(path, 'utf8')) as { cases: Kept[]; crowd?: CrowdRun }
  const runs = cases.flatMap(({ case: name, people, trials, voids, failed }): CaseRun[] => {
    const spec = CASES[name]
    return spec ? [{ name, spec, people, trials, voids, ...(failed !== undefined && { failed }) }] : []
  })
  return { runs, crowd }
}
