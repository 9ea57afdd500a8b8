// `npm test`: static checks, every test file, a short load run. `npm test -- PATH …` narrows it to some files.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Totals, runChecks } from './checks.ts'
import { markRun } from './leftovers.ts'
import { onShutdown } from '../stack/processes/shutdown.ts'
import { repoDir } from '../setup/pins.mjs'
import { interruptRuns } from '../setup/command.mjs'
import { printUserError } from '../setup/user-error.mjs'
import { findTestFiles, isTestPath, runTestFiles } from './test-files.ts'
import { ensureChromium } from '../stack/tools/chromium.ts'
import { ensureK6 } from '../stack/tools/k6.ts'
import { ensureLivekit } from '../stack/tools/livekit.ts'
import { ensureRedis } from '../stack/tools/redis.ts'
import { ensureWebBuild } from '../stack/tools/web-build.ts'

const args = process.argv.slice(2)
const failFast = args.includes('--fail-fast')
const paths = args.filter((arg) => !arg.startsWith('--'))
const over = new AbortController()
const totals: Totals = { passed: 0, failed: 0 }

onShutdown({
  stop() {
    over.abort()
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

const goesOn = () => !over.signal.aborted && !(failFast && totals.failed > 0)

async function prepareTools(): Promise<void> {
  await ensureRedis()
  await ensureLivekit()
  process.env['LEVEE_CHROMIUM'] = await ensureChromium()
  process.env['LEVEE_K6'] = await ensureK6()
}

async function runFiles(): Promise<void> {
  const files = findTestFiles(paths)
  if (files.length === 0)
    return fail(`no test files ${paths.length > 0 ? `in ${paths.join(', ')}` : 'were found'}`)
  const result = await runTestFiles(files, over.signal)
  count(result)
  for (const file of result.empty) fail(`${file} holds no test`)
}

function runShortLoad(): Promise<void> {
  const script = join(repoDir, 'load-tests', 'scenarios', 'run.ts')
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script, '--short'], { cwd: repoDir, stdio: 'inherit' })
    over.signal.addEventListener('abort', () => child.kill('SIGTERM'))
    child.on('exit', (code, signal) => {
      if (code === 0) totals.passed++
      else fail(`the short load run ended with ${signal ?? `code ${code}`}`)
      resolve()
    })
  })
}

async function main(): Promise<void> {
  for (const path of paths) if (!isTestPath(path)) fail(`there is no ${path}`)
  await prepareTools()
  const leftovers = markRun()
  try {
    await runAll()
  } finally {
    for (const { pid, command } of await leftovers()) {
      fail(`left running: ${command.slice(0, 120)} (pid ${pid})`)
      kill(pid)
    }
  }
}

async function runAll(): Promise<void> {
  if (paths.length === 0) count(await runChecks({ failFast, signal: over.signal }))
  if (goesOn()) await ensureWebBuild().catch(tell)
  if (goesOn()) await runFiles()
  if (goesOn() && paths.length === 0) await runShortLoad()
}

/** What fails because we stop is no news. */
function tell(error: unknown): void {
  if (over.signal.aborted) return
  printUserError(error)
  totals.failed++
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself meanwhile.
  }
}

try {
  await main()
} catch (error) {
  tell(error)
}
if (over.signal.aborted) fail('stopped before the end')
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed\n`)
process.exit(totals.failed > 0 || totals.passed === 0 ? 1 : 0)
