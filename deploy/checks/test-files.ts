// Which test files there are, and one run of Node's test runner over them.
import { globSync, statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import type { Totals } from './checks.ts'
import { repoDir } from '../setup/pins.mjs'

const EVERYWHERE = ['*/test/**/*.test.ts', 'web/e2e/**/*.test.ts']

/** A file that hangs is a failure, not a pause. */
const FILE_TIMEOUT_MS = Number(process.env['LEVEE_TEST_FILE_TIMEOUT_MS'] || 300_000)

/** All test files, or those in or at the given paths. */
export function findTestFiles(narrow: readonly string[]): string[] {
  const all = globSync(EVERYWHERE, { cwd: repoDir, exclude: (path) => path.includes('node_modules') })
    .map((file) => resolve(repoDir, file))
    .toSorted()
  const wanted = narrow.map((path) => resolve(process.env['INIT_CWD'] ?? repoDir, path))
  if (wanted.length === 0) return all
  return all.filter((file) => wanted.some((path) => file === path || file.startsWith(`${path}/`)))
}

export function isTestPath(path: string): boolean {
  return statSync(resolve(process.env['INIT_CWD'] ?? repoDir, path), { throwIfNoEntry: false }) !== undefined
}

/** One file at a time: each has the machine, its ports and its clock to itself. */
export function runTestFiles(files: string[], signal: AbortSignal): Promise<Totals & { empty: string[] }> {
  const guard = new URL('hang-guard.ts', import.meta.url)
  guard.searchParams.set('ms', String(FILE_TIMEOUT_MS + Math.min(FILE_TIMEOUT_MS, 10_000)))
  const execArgv = ['--import', guard.href]
  const stream = run({ files, concurrency: 1, timeout: FILE_TIMEOUT_MS, execArgv, signal })
  const totals = { passed: 0, failed: 0, empty: [] as string[] }
  // The runner counts a file without tests as a test that passed.
  stream.on('test:pass', ({ name, nesting }) => {
    if (nesting === 0 && files.includes(resolve(repoDir, name))) totals.empty.push(relative(repoDir, name))
  })
  stream.on('test:summary', ({ file, counts }) => {
    if (file !== undefined) return
    totals.passed = counts.passed - totals.empty.length
    totals.failed = counts.tests - counts.passed - counts.skipped - counts.todo
  })
  // The reporter shows tests alone: a name above them says where they are.
  stream.on('test:dequeue', ({ name, nesting }) => {
    if (nesting === 0 && files.includes(name)) process.stdout.write(`\n${relative(repoDir, name)}\n`)
  })
  return new Promise((done, reject) => {
    stream.on('error', reject)
    stream
      .compose(spec)
      .on('end', () => done(totals))
      .pipe(process.stdout, { end: false })
  })
}
