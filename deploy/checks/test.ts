// `npm test`: static checks, every test file, a short load run. `npm test -- PATH …` runs only the test files there.
// `npm run soak [-- PATH …]`: the test files that have a larger size, at that size.
// --tier pure|parts|browser runs the test files of one tier; --fail-fast stops at the first failure; --verbose prints the
// tests of every file.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { readArguments, refuseArguments } from '../setup/arguments.mjs'
import { interruptRuns } from '../setup/command.mjs'
import { repoDir } from '../setup/pins.mjs'
import { SOAK_FILE_TIMEOUT_MS, TEST_FILE_TIMEOUT_MS } from '../setup/tuning.mjs'
import { duration } from '../setup/progress.mjs'
import { printUserError } from '../setup/user-error.mjs'
import { onShutdown } from '../stack/processes/shutdown.ts'
import { SOAK_VARIABLE } from '../stack/soak.ts'
import { TOOLS_VARIABLE } from '../stack/tools/declared.ts'
import { type Totals, runChecks } from './checks.ts'
import { type Needs, TIERS } from './tests/needs.ts'
import { runTests } from './tests/run-tests.ts'

const USAGE = `npm test [-- PATH …] [--tier ${TIERS.join('|')}] [--fail-fast] [--verbose]
npm run soak [-- PATH …] [--fail-fast] [--verbose]`

const {
  positionals: paths,
  values: { 'fail-fast': failFast, soak: isSoak, tier: onlyTier, verbose },
} = readArgs()
const stopped = new AbortController()
const totals: Totals = { passed: 0, failed: 0 }
const run = {
  // Tests of this program set a shorter time.
  timeoutMs: Number(
    process.env['LEVEE_TEST_FILE_TIMEOUT_MS'] || (isSoak ? SOAK_FILE_TIMEOUT_MS : TEST_FILE_TIMEOUT_MS),
  ),
  env: isSoak ? { [SOAK_VARIABLE]: '1' } : {},
  signal: stopped.signal,
}

// Set when this program is itself started by a test.
delete process.env[TOOLS_VARIABLE]

onShutdown({
  stop() {
    stopped.abort()
    interruptRuns()
  },
  kill: () => process.exit(130),
})

function count({ passed, failed }: Totals): void {
  totals.passed += passed
  totals.failed += failed
}

function fail(sentence: string): void {
  process.stderr.write(`  ✗ ${sentence}\n`)
  totals.failed++
}

const goesOn = () => !stopped.signal.aborted && !(failFast && totals.failed > 0)

async function testAll(): Promise<void> {
  count(await runChecks({ failFast, signal: stopped.signal }))
  if (goesOn()) count(await runTests({ paths, failFast, verbose, run }))
  if (goesOn()) await runShortLoad()
}

function runShortLoad(): Promise<void> {
  const script = join(repoDir, 'load-tests', 'scenarios', 'run.ts')
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, '--short'], { cwd: repoDir, stdio: 'inherit' })
    stopped.signal.addEventListener('abort', () => child.kill('SIGTERM'))
    child.on('exit', (code, signal) => {
      if (code === 0) totals.passed++
      else fail(`the short load run ended with ${signal ?? `code ${code}`}`)
      resolve()
    })
  })
}

function readArgs() {
  const off = { type: 'boolean', default: false } as const
  const options = { 'fail-fast': off, soak: off, verbose: off, tier: { type: 'string' } } as const
  const parsed = readArguments(USAGE, { options, allowPositionals: true })
  const { tier } = parsed.values
  if (tier !== undefined && !TIERS.some((known) => known === tier))
    refuseArguments(USAGE, `There is no tier “${tier}”.`)
  return parsed
}

async function main(): Promise<void> {
  const filter = ({ soak, tier }: Needs) => (isSoak ? soak : tier === onlyTier)
  const isFiltered = isSoak || onlyTier !== undefined
  if (isFiltered || paths.length > 0)
    count(await runTests({ paths, ...(isFiltered && { filter }), failFast, verbose, run }))
  else await testAll()
}

try {
  await main()
} catch (error) {
  // An error that is caused by stopping is not reported.
  if (!stopped.signal.aborted) {
    printUserError(error)
    totals.failed++
  }
}
if (stopped.signal.aborted) fail('stopped before the end')
process.stdout.write(`\nTook ${duration(performance.now())}\n`)
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed\n`)
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0)
