// What a test run prints: a line for each file, the whole output of those that fail, and a summary.
import { duration } from '../../setup/progress.mjs'
import { SLOWEST_FILES, STATUS_EVERY_MS } from '../../setup/tuning.mjs'
import type { Tier } from './needs.ts'
import type { FileResult } from './run-file.ts'

const isTerminal = process.stdout.isTTY

export interface Report {
  started(file: string): void
  /** A piece of the output of a file. */
  output(text: string): void
  finished(result: FileResult): void
  /** Prints the time of each tier, the slowest files and the failed tests. */
  summary(tookMs: ReadonlyMap<Tier, number>): void
}

/** `verbose`: the tests of every file are printed; of a single file as they run. */
export function createReport(total: number, verbose: boolean): Report {
  const results: FileResult[] = []
  const live = verbose && total === 1
  const running = new Map<string, number>()
  let status = ''
  const timer = setInterval(showStatus, STATUS_EVERY_MS).unref()

  /** One line at the bottom of a terminal, overwritten by the next output. */
  function showStatus(): void {
    if (!isTerminal || live || running.size === 0) return
    const names = [...running].map(([file, atMs]) => `${file} ${duration(performance.now() - atMs)}`)
    status = `  … ${results.length} of ${total} files, running: ${names.join(', ')}`
    process.stdout.write(`\r\x1b[2K${status.slice(0, process.stdout.columns - 1)}`)
  }

  function print(text: string): void {
    if (status) process.stdout.write('\r\x1b[2K')
    status = ''
    process.stdout.write(text)
  }

  return {
    started(file) {
      running.set(file, performance.now())
      if (live) print(`\n${file}\n`)
    },
    output(text) {
      if (live) print(text)
    },
    finished(result) {
      const { file, passed, failed, durationMs, output } = result
      running.delete(file)
      results.push(result)
      if (live) return
      const tests = failed > 0 ? `${failed} of ${passed + failed} failed` : `${passed} passed`
      print(`  ${failed > 0 ? '✗' : '✓'} ${file.padEnd(64)} ${tests.padEnd(16)} ${duration(durationMs)}\n`)
      if (failed > 0 || verbose) print(`\n${output}\n`)
    },
    summary(tookMs) {
      clearInterval(timer)
      if (results.length > 1) {
        print('\nTime by tier\n')
        for (const [tier, ms] of tookMs) {
          const count = results.filter(({ needs }) => needs.tier === tier).length
          print(`  ${tier.padEnd(10)} ${String(count).padStart(3)} files ${duration(ms).padStart(9)}\n`)
        }
        print('\nSlowest files\n')
        const slowest = results.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, SLOWEST_FILES)
        for (const { file, durationMs } of slowest) print(`  ${duration(durationMs).padStart(9)}  ${file}\n`)
      }
      const failed = results.filter((result) => result.failed > 0)
      if (failed.length > 0) print('\nFailed files, with their output above\n')
      for (const { file } of failed) print(`  ✗ ${file}\n`)
    },
  }
}
