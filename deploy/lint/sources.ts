// Which files the rules apply to: those that git tracks or would add, whatever their folder is called.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './repo.ts'

/** Files that Node or a bundler can load as a module. */
export const MODULE = /\.[cm]?[jt]sx?$/
const SOURCE = /\.([cm]?[jt]sx?|css|lua|go)$/

/** Tests may be as long as their subject needs. Any other folder named `test` holds sources. */
const TESTS = [
  'control-plane/test/',
  'edge-agent/test/',
  'web/test/',
  'web/e2e/',
  'deploy/test/',
  'load-tests/test/',
]

export const isTest = (file: string): boolean => TESTS.some((folder) => file.startsWith(folder))

export const isSource = (file: string): boolean => SOURCE.test(file)

const list = (...args: string[]): string[] =>
  execFileSync('git', ['ls-files', '-z', '--exclude-standard', ...args], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(root, file)))

/** Paths in the repository, sorted; new files that are not ignored count. */
export const repoFiles = (): string[] => [...new Set(list('--cached', '--others'))].toSorted()

/** Files that are tracked although an ignore file names them: format, lint and dead code skip these. */
export const ignoredFiles = (): string[] => list('--cached', '--ignored')
