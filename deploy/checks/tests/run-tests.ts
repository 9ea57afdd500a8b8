// Runs test files: prepares what they need, runs them phase by phase, and reports processes that they left behind.
import { printUserError } from '../../setup/user-error.mjs'
import type { Totals } from '../checks.ts'
import { shareCompileCache } from './compile-cache.ts'
import { findTestFiles, pathExists } from './find-files.ts'
import { type Group, withSharedStack } from './groups.ts'
import { markRun } from './leftovers.ts'
import { type Needs, needsOf } from './needs.ts'
import { prepare } from './prepare.ts'
import { createReport } from './report.ts'
import { type RunOptions, type TestFile, runFile } from './run-file.ts'
import { runInPhases } from './schedule.ts'

export interface TestRun {
  /** Files and folders; empty: all test files. */
  paths: readonly string[]
  /** Further restricts the files. */
  filter?: (needs: Needs) => boolean
  failFast: boolean
  /** Prints the tests of every file, not only of those that fail. A single file is always printed. */
  verbose: boolean
  run: Omit<RunOptions, 'onOutput'>
}

/** Throws a UserError when a tool cannot be prepared. */
export async function runTests({ paths, filter, failFast, verbose, run }: TestRun): Promise<Totals> {
  const totals: Totals = { passed: 0, failed: 0 }
  const fail = (sentence: string) => {
    process.stderr.write(`  ✗ ${sentence}\n`)
    totals.failed++
  }
  const missing = paths.filter((path) => !pathExists(path))
  for (const path of missing) fail(`there is no ${path}`)
  if (missing.length > 0 && missing.length === paths.length) return totals
  const tests = findTestFiles(paths)
    .map((file): TestFile => ({ file, needs: needsOf(file) }))
    .filter(({ needs }) => !filter || filter(needs))
  const among = filter ? 'no test files of that kind' : 'no test files'
  if (tests.length === 0) fail(`${among} ${paths.length > 0 ? `in ${paths.join(', ')}` : 'were found'}`)
  await prepare(tests.flatMap(({ needs }) => needs.tools))

  const report = createReport(tests.length, verbose || tests.length === 1)
  const leftovers = markRun()
  shareCompileCache()
  const goesOn = () => !run.signal.aborted && !(failFast && totals.failed > 0)
  const runGroup = async (group: Group) => {
    try {
      await runFiles(group)
    } catch (error) {
      // The stack of the group has not started or not stopped; the other files do not need it.
      if (run.signal.aborted) return
      printUserError(error)
      fail(`no stack for ${group.map(({ file }) => file).join(', ')}`)
    }
  }
  const runFiles = (group: Group) =>
    withSharedStack(group, async (stackEnv) => {
      for (const test of group) {
        if (!goesOn()) return
        report.started(test.file)
        const env = { ...run.env, ...stackEnv }
        const result = await runFile(test, { ...run, env, onOutput: report.output })
        report.finished(result)
        totals.passed += result.passed
        totals.failed += result.failed
      }
    })
  report.summary(await runInPhases(tests, runGroup, goesOn))
  for (const { pid, command } of await leftovers()) {
    fail(`left running: ${command.slice(0, 120)} (pid ${pid})`)
    kill(pid)
  }
  return totals
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended in the meantime.
  }
}
