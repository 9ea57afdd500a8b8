// One test file, run by Node's test runner in a process of its own.
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { once } from 'node:events'
import { run } from 'node:test'
import { type TestEvent, spec } from 'node:test/reporters'
import { repoDir } from '../../setup/pins.mjs'
import { HANG_GRACE_MS } from '../../setup/tuning.mjs'
import { TOOLS_VARIABLE } from '../../stack/tools/declared.ts'
import type { Needs } from './needs.ts'

export interface TestFile {
  /** Path in the repository. */
  file: string
  needs: Needs
}

export interface FileResult extends TestFile {
  passed: number
  failed: number
  durationMs: number
  /** The tests with their diagnostics and errors, and what the file printed. */
  output: string
}

export interface RunOptions {
  /** A file that takes longer fails. */
  timeoutMs: number
  env: Readonly<Record<string, string>>
  signal: AbortSignal
  /** Called with each piece of the output as it comes. */
  onOutput: (text: string) => void
}

export async function runFile(test: TestFile, options: RunOptions): Promise<FileResult> {
  const { timeoutMs, env, signal, onOutput } = options
  const path = join(repoDir, test.file)
  const startedMs = performance.now()
  const stream: AsyncIterable<TestEvent> = run({
    files: [path],
    timeout: timeoutMs,
    execArgv: ['--import', hangGuard(timeoutMs)],
    env: { ...process.env, ...env, [TOOLS_VARIABLE]: test.needs.tools.join(' ') },
    signal,
  })
  const reporter = new PassThrough({ objectMode: true })
  let output = ''
  const text = reporter.compose(spec).on('data', (part) => {
    output += String(part)
    onOutput(String(part))
  })
  const ended = once(text, 'end')
  let counts = { tests: 0, passed: 0, skipped: 0, todo: 0 }
  let isEmpty = false
  let isOver = false
  for await (const event of stream) {
    if (event.type === 'test:summary' && event.data.file === undefined) counts = event.data.counts
    // The runner counts a file without tests as a test that passed.
    if (event.type === 'test:pass' && event.data.name === path) isEmpty = true
    // The last plan is that of the run. The totals after it are printed for all files together.
    if (event.type === 'test:plan' && event.data.nesting === 0 && event.data.file === undefined) isOver = true
    if (!isOver && !isEmpty) reporter.write(event)
  }
  reporter.end()
  await ended
  const result = { ...test, output, durationMs: performance.now() - startedMs }
  if (isEmpty) return { ...result, passed: 0, failed: 1, output: `  ✗ ${test.file} holds no test\n` }
  const { tests, passed, skipped, todo } = counts
  return { ...result, passed, failed: tests - passed - skipped - todo }
}

function hangGuard(timeoutMs: number): string {
  const guard = new URL('hang-guard.ts', import.meta.url)
  guard.searchParams.set('ms', String(timeoutMs + Math.min(timeoutMs, HANG_GRACE_MS)))
  return guard.href
}
