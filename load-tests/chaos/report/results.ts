// Summaries of a day's cases, written and read back.
import { existsSync, readFileSync } from 'node:fs'
import { LIVEKIT_VERSION } from '../../../deploy/setup/pins.mjs'
import { commit } from '../../lib/report/commit.ts'
import { BENCHMARKS_DIR, resultPath, writeResult } from '../../lib/report/files.ts'
import { machine } from '../../lib/report/machine.ts'
import { CASES } from '../cases/cases.ts'
import type { CaseRun } from '../cases/run-case.ts'
import type { RoomsMove } from '../cases/move-rooms.ts'
import { failoverMarkdown } from './failover-report.ts'
import { type FailoverSummary, summarize } from './failover-summary.ts'

export interface FailoverRuns {
  runs: readonly CaseRun[]
  rooms50?: RoomsMove | undefined
}

export function summaryOf({ runs, rooms50 }: FailoverRuns, date: string): FailoverSummary {
  const measured = commit()
  return {
    date,
    machine: machine(),
    versions: { livekit: LIVEKIT_VERSION },
    ...(rooms50 && { rooms50 }),
    cases: runs.map((run) => summarize(run, measured)),
  }
}

/** Adds to the results of the same day. A case that ran again replaces its earlier result. */
export function writeFailover(now: FailoverRuns, date: string, dir = BENCHMARKS_DIR): void {
  const summary = summaryOf(now, date)
  const before = readFailover(date, dir)
  const again = new Set(summary.cases.map((one) => one.case))
  const order = Object.keys(CASES)
  const cases = [...(before?.cases ?? []).filter((one) => !again.has(one.case)), ...summary.cases].toSorted(
    (a, b) => order.indexOf(a.case) - order.indexOf(b.case),
  )
  const all: FailoverSummary = { ...before, ...summary, cases }
  writeResult('failover', { summary: all, render: failoverMarkdown }, dir)
}

export function readFailover(date: string, dir = BENCHMARKS_DIR): FailoverSummary | undefined {
  const path = resultPath('failover', date, 'json', dir)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as FailoverSummary) : undefined
}
