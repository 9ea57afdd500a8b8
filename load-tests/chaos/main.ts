// Measures what participants miss when something fails:
// `npm run chaos -- CASE … [--trials N] [--people N] [--write] [--keep]`
// `npm run chaos -- pli-throttle [--trials N]`
// `npm run chaos -- standby-cost [--trials N] [--people N] [--write]`
// `npm run chaos -- soak [--minutes M] [--seed S] [--people N] [--keep]`; N participants in browsers, 0 for none.
// `--write` stores the result in docs/benchmarks; `--keep` keeps data and logs.
import { readArguments } from '../../deploy/setup/arguments.mjs'
import { UserError } from '../../deploy/setup/user-error.mjs'
import { numberOption, runCommand, wholeNumberOption } from '../lib/command.ts'
import { today, writeResult, writeTrials } from '../lib/report/files.ts'
import { CASES } from './cases/cases.ts'
import { type RoomsMove, moveRooms } from './cases/move-rooms.ts'
import { type CaseRun, runCase } from './cases/run-case.ts'
import { measureStandbyCost } from './cases/standby-cost.ts'
import { failoverMarkdown, trialLines, trialsMarkdown } from './report/failover-report.ts'
import { summaryOf, writeFailover } from './report/results.ts'
import { costLines, costMarkdown, summarizeCost } from './report/standby-cost-report.ts'
import { browserMeeting } from './soak/browser-meeting.ts'
import { soak } from './soak/soak.ts'

const USAGE = `npm run chaos -- CASE … [--trials N] [--people N] [--write] [--keep]
npm run chaos -- pli-throttle [--trials N]
npm run chaos -- standby-cost [--trials N] [--people N] [--write]
npm run chaos -- soak [--minutes M] [--seed S] [--people N] [--keep]
CASE: ${Object.keys(CASES).join(', ')}`

const { values, positionals } = readArguments(USAGE, {
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

const people = (fallback: string, least: number) =>
  wholeNumberOption('people', values.people ?? fallback, least)
const trials = () => wholeNumberOption('trials', values.trials, 1)
const log = (line: string) => process.stderr.write(`  ${line}\n`)
const round = (value: number) => `${Math.round(value)}`

async function runSoak(signal: AbortSignal): Promise<void> {
  const browsers = people('2', 0)
  const run = await soak({
    minutes: numberOption('minutes', values.minutes),
    seed: wholeNumberOption('seed', values.seed),
    keep: values.keep,
    signal,
    log,
    ...(browsers > 0 && { browserMeeting: browserMeeting(browsers) }),
  })
  process.stdout.write(`${JSON.stringify(run, null, 1)}\n`)
  if (run.violations.length > 0 || run.storms === run.inconclusive) process.exitCode = 1
}

async function runPliThrottle(signal: AbortSignal): Promise<void> {
  // LiveKit's native library is loaded only here. It writes to the standard output, except in production.
  process.env['NODE_ENV'] = 'production'
  const { comparePliThrottles } = await import('./cases/pli-throttle/pli-throttle.ts')
  const { pliMarkdown } = await import('./cases/pli-throttle/report.ts')
  const all = await comparePliThrottles({
    trials: trials(),
    signal,
    onTrial: ({ throttleMs, crowdMs, lateMs, foreignCores }) =>
      log(
        `${throttleMs} ms: crowd ${crowdMs.map(round).join(' ')}, late ${lateMs.map(round).join(' ')}, foreign ${foreignCores.toFixed(2)}`,
      ),
  })
  process.stdout.write(`${pliMarkdown(all)}\n`)
}

async function runStandbyCost(signal: AbortSignal): Promise<void> {
  const count = people('3', 2)
  const all = await measureStandbyCost({
    trials: trials(),
    people: count,
    signal,
    onTrial: (trial) => costLines(trial).forEach(log),
  })
  const summary = summarizeCost(all, count, today())
  process.stdout.write(`\n${costMarkdown(summary)}\n`)
  log(`trials: ${writeTrials('standby-cost', { ...summary, trials: all })}`)
  if (values.write) writeResult('standby-cost', { summary, render: costMarkdown })
}

async function runCases(names: readonly string[], signal: AbortSignal): Promise<void> {
  const options = { trials: trials(), people: people('3', 2), keep: values.keep, signal }
  const date = today()
  const runs: CaseRun[] = []
  let rooms50: RoomsMove | undefined
  for (const name of names) {
    if (name === 'rooms-50') rooms50 = await moveRooms(50, signal)
    else
      runs.push(
        await runCase(name, CASES[name]!, {
          ...options,
          onTrial: (trial, undisturbed, spec) =>
            trialLines(`${name} ${undisturbed}`, trial, spec).forEach(log),
          onSkipped: (why) => log(`${name}: no fault injected, ${why}`),
        }),
      )
    // Written after each case, so that a failure in a later one loses no results.
    if (values.write) writeFailover({ runs, rooms50 }, date)
  }
  const summary = summaryOf({ runs, rooms50 }, date)
  process.stdout.write(`\n${failoverMarkdown(summary)}\n\n${trialsMarkdown(runs)}\n`)
  log(`trials: ${writeTrials('failover', { ...summary, runs })}`)
  // A missed target is a result; a case that did not run is a failure.
  if (runs.some(({ failed }) => failed !== undefined)) process.exitCode = 1
}

const COMMANDS = { soak: runSoak, 'pli-throttle': runPliThrottle, 'standby-cost': runStandbyCost }

await runCommand(async (signal) => {
  const [first = ''] = positionals
  const isCommand = (name: string): name is keyof typeof COMMANDS => name in COMMANDS
  if (isCommand(first)) return COMMANDS[first](signal)
  const cases = [...Object.keys(CASES), 'rooms-50']
  const unknown = positionals.find((name) => !cases.includes(name))
  if (unknown !== undefined || positionals.length === 0)
    throw new UserError(
      `${unknown === undefined ? 'Which case?' : `No case “${unknown}”:`} npm run chaos -- ${[...cases, ...Object.keys(COMMANDS)].join(' | ')}`,
    )
  return runCases(positionals, signal)
})
// LiveKit's native library has threads that would keep the process running.
process.exit()
