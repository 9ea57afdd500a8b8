// Which test files there are.
import { globSync, statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { repoDir } from '../../setup/pins.mjs'

const PATTERNS = ['*/test/**/*.test.ts', 'web/e2e/**/*.test.ts']

const fromCaller = (path: string) => resolve(process.env['INIT_CWD'] ?? repoDir, path)

/** Paths in the repository of all test files, or of those in or at the given paths. */
export function findTestFiles(narrow: readonly string[]): string[] {
  const all = globSync(PATTERNS, { cwd: repoDir, exclude: (path) => path.includes('node_modules') })
  const wanted = narrow.map((path) => relative(repoDir, fromCaller(path)))
  const matches = (file: string) => wanted.some((path) => file === path || file.startsWith(`${path}/`))
  return all.toSorted().filter((file) => wanted.length === 0 || matches(file))
}

export function pathExists(path: string): boolean {
  return statSync(fromCaller(path), { throwIfNoEntry: false }) !== undefined
}
