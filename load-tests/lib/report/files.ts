// Where results are stored: summaries in Git, one file of each kind per day; single trials on this machine only.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { repoDir } from '../../../deploy/setup/pins.mjs'
import { TRIAL_FILES_KEPT } from '../tuning.ts'
import { readableJson } from './json.ts'

export const BENCHMARKS_DIR = join(repoDir, 'docs', 'benchmarks')
/** This folder is ignored by Git. */
export const TRIALS_DIR = join(repoDir, 'var', 'benchmarks')

/** YYYY-MM-DD, UTC. */
export const today = () => new Date().toISOString().slice(0, 10)

/** Path of the result of `what` on that day. */
export const resultPath = (what: string, date: string, extension: string, dir = BENCHMARKS_DIR) =>
  join(dir, `${date}-${what}.${extension}`)

export interface Result<Summary extends { date: string }> {
  /** Figures per case or route, never single trials. */
  summary: Summary
  render: (summary: Summary) => string
}

/** Replaces the result of the same day. Returns the Markdown, which is rendered from the stored summary. */
export function writeResult<Summary extends { date: string }>(
  what: string,
  { summary, render }: Result<Summary>,
  dir = BENCHMARKS_DIR,
): string {
  const json = readableJson(summary)
  const markdown = render(JSON.parse(json) as Summary)
  writeFileSync(resultPath(what, summary.date, 'json', dir), `${json}\n`)
  writeFileSync(resultPath(what, summary.date, 'md', dir), `${markdown}\n`)
  return markdown
}

/** Stores figures of single trials on this machine, and removes the oldest such files. Returns the path. */
export function writeTrials(what: string, trials: object, dir = TRIALS_DIR): string {
  mkdirSync(dir, { recursive: true })
  const time = new Date().toISOString().replaceAll(':', '-')
  const path = join(dir, `${time}-${what}.json`)
  writeFileSync(path, `${JSON.stringify(trials)}\n`)
  const files = readdirSync(dir).filter((name) => name.endsWith('.json'))
  for (const name of files.toSorted((a, b) => a.localeCompare(b)).slice(0, -TRIAL_FILES_KEPT))
    rmSync(join(dir, name))
  return path
}
