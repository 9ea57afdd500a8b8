// What people miss when something breaks:
// `npm run chaos -- CASE … [--trials N] [--people N] [--write] [--keep]`
// `npm run chaos -- pli-throttle [--trials N]`
// `npm run chaos -- standby-cost [--trials N] [--people N] [--write]`
// `npm run chaos -- soak [--minutes M] [--seed S] [--people N] [--keep]`; N people in browsers, 0 for none.
import { parseArgs } from 'node:util'
import { onShutdown } from '../../deploy/stack/processes/shutdown.ts'
import { UserError, printUserError } from '../../deploy/setup/user-error.mjs'
import { today, writeResult, writeTrials } from '../lib/report/files.ts'
import { type Case, CASES } from './cases/cases.ts'
import { type CrowdRun, moveCrowd } from './people/crowd.ts'
import type { Stretch } from './measure/gaps.ts'
import { summaryOf, writeFailover } from './report/results.ts'
import { failoverMarkdown, trialsMarkdown } from './report/failover-report.ts'
import { type CaseRun, runCase } from './cases/run-case.ts'
import { soak } from './soak/soak.ts'
import { measureStandbyCost } from './cases/standby-cost.ts'
import { costLines, costMarkdown, summarizeCost } from './report/standby-cost-report.ts'
import type { Trial } from './cases/trial.ts'

const over = new AbortController()
onShutdown({ stop: () => over.abort(new Error('stopped')), kill: () => process.exit(130) })

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    trials: { type: 'string', default: '5' },
    people: { type: 'string' },
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least)
    throw new UserError(`--${name} ${text}: give a whole number of at least ${least}.`)
  return value
}

const round = (value: number) => `${Math.round(value)}`

function tellTrial(name: string, trial: Trial, undisturbed: number, { counts }: Case): void {
  const ms = ({ gapMs, restoredMs }: Stretch) => round(counts === 'gap' ? gapMs : restoredMs)
  const told = trial.pairs.map(
    ({ to, from, picture, sound, share }) =>
      `${to}←${from} ${ms(picture)}/${ms(sound)}${share ? `/${ms(share)}` : ''}`,
  )
  const { pictureMs, soundMs } = trial.baseline
  const remarks = [...trial.disturbedBy, ...trial.broken, ...(trial.unrecovered ? ['not recovered'] : [])]
  process.stderr.write(
    `  ${name} ${undisturbed}: ${told.join('  ')}  before ${round(pictureMs)}/${round(soundMs)}  at rest ${trial.restCores.toFixed(2)} cores, foreign ${trial.foreignCores.toFixed(2)}${remarks.length > 0 ? `  (${remarks.join(', ')})` : ''}\n`,
  )
  for (const line of [...trial.proofs, ...trial.notes]) process.stderr.write(`      ${line}\n`)
}

async function runSoak(): Promise<void> {
  const run = await soak({
    minutes: Number(values.minutes),
    seed: wholeNumber('seed', values.seed, 0),
    browsers: wholeNumber('people', values.people ?? '2', 0),
    keep: values.keep,
    signal: over.signal,
    tell: (line) => process.stderr.write(`  ${line}\n`),
  })
  process.stdout.write(`${JSON.stringify(run, null, 1)}\n`)
  if (run.violations.length > 0 || run.storms === run.voided) process.exitCode = 1
}

/** LiveKit’s native library is loaded only here; it writes to the standard output, except in production. */
async function runPliThrottle(): Promise<void> {
  process.env['NODE_ENV'] = 'production'
  const { comparePliThrottles, pliMarkdown } = await import('./cases/pli-throttle.ts')
  const trials = await comparePliThrottles({
    trials: wholeNumber('trials', values.trials, 1),
    signal: over.signal,
    onTrial: ({ throttleMs, crowdMs, lateMs, foreignCores }) =>
      process.stderr.write(
        `  ${throttleMs} ms: crowd ${crowdMs.map(round).join(' ')}, late ${lateMs.map(round).join(' ')}, foreign ${foreignCores.toFixed(2)}\n`,
      ),
  })
  process.stdout.write(`${pliMarkdown(trials)}\n`)
}

async function runStandbyCost(): Promise<void> {
  const people = wholeNumber('people', values.people ?? '3', 2)
  const trials = await measureStandbyCost({
    trials: wholeNumber('trials', values.trials, 1),
    people,
    signal: over.signal,
    onTrial: (trial) => costLines(trial).forEach((line) => process.stderr.write(`  ${line}\n`)),
  })
  const date = today()
  const summary = summarizeCost(trials, people, date)
  const markdown = costMarkdown(summary)
  process.stdout.write(`\n${markdown}\n`)
  process.stderr.write(`\n  trials: ${writeTrials('standby-cost', { ...summary, trials })}\n`)
  if (values.write) writeResult('standby-cost', { date, markdown, summary })
}

async function main(): Promise<void> {
  if (positionals[0] === 'standby-cost') return runStandbyCost()
  if (positionals[0] === 'soak') return runSoak()
  if (positionals[0] === 'pli-throttle') return runPliThrottle()
  const names = positionals.length > 0 ? positionals : ['']
  for (const name of names)
    if (!(name in CASES) && name !== 'rooms-50')
      throw new UserError(
        `No case “${name}”: npm run chaos -- ${[...Object.keys(CASES), 'rooms-50', 'pli-throttle', 'standby-cost', 'soak'].join(' | ')}`,
      )
  const trials = wholeNumber('trials', values.trials, 1)
  const people = wholeNumber('people', values.people ?? '3', 2)
  const date = today()
  const runs: CaseRun[] = []
  let crowd: CrowdRun | undefined
  for (const name of names) {
    if (name === 'rooms-50') crowd = await moveCrowd({ rooms: 50, signal: over.signal })
    else
      runs.push(
        await runCase(name, CASES[name]!, {
          trials,
          people,
          keep: values.keep,
          signal: over.signal,
          onTrial: (...told) => tellTrial(name, ...told),
          onVoid: (why) => process.stderr.write(`  ${name}: no blow, ${why}\n`),
        }),
      )
    // An hour of trials is not lost with the last of them.
    if (values.write) writeFailover({ runs, crowd }, date)
  }
  const summary = summaryOf({ runs, crowd }, date)
  process.stdout.write(`\n${failoverMarkdown(summary)}\n\n${trialsMarkdown(runs)}\n`)
  process.stderr.write(`\n  trials: ${writeTrials('failover', { ...summary, runs })}\n`)
  // A missed target is a result; a case that could not be run is none.
  if (runs.some(({ failed }) => failed !== undefined)) process.exitCode = 1
}

await main().catch((error: unknown) => {
  printUserError(error)
  process.exitCode = 1
})
// LiveKit’s native library keeps threads that would keep the process.
process.exit()
