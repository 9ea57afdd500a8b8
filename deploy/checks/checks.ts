// The static checks: format, lint, sizes, types, messages, licences, dead code. Together they take less than a minute.
import { existsSync, globSync } from 'node:fs'
import { resolve } from 'node:path'
import { repoDir } from '../setup/pins.mjs'
import { UserError, printUserError } from '../setup/user-error.mjs'
import { run } from '../setup/command.mjs'
import { step } from '../setup/progress.mjs'

const PACKAGES = ['control-plane', 'edge-agent', 'web', 'deploy', 'load-tests']

interface Check {
  name: string
  /** A program of node_modules/.bin, or an absolute path. */
  command: string
  args: readonly string[]
  advice: string
  /** Finds in its output how many files it read. */
  filesRead?: RegExp
}

const CHECKS: readonly Check[] = [
  {
    name: 'format',
    command: 'oxfmt',
    args: ['--check'],
    advice: 'Run “pnpm format”.',
    filesRead: / on (\d+) files/,
  },
  {
    name: 'lint',
    command: 'oxlint',
    args: [],
    advice: 'Correct the files above; rules: .oxlintrc.json and deploy/lint.',
    filesRead: / on (\d+) files/,
  },
  {
    name: 'sizes and colours',
    command: process.execPath,
    args: ['deploy/lint/layout.ts'],
    advice: 'Split or correct the files above; rules: deploy/lint/layout.ts.',
  },
  ...PACKAGES.map((name) => ({
    name: `types of ${name}`,
    command: 'tsc',
    args: ['-p', name],
    advice: `Correct the types of ${name}.`,
  })),
  {
    name: 'messages of the web client',
    command: process.execPath,
    args: ['web/check-messages.ts'],
    advice: 'Run “pnpm -C web messages” and commit the catalogues.',
  },
  {
    name: 'licences',
    command: process.execPath,
    args: ['deploy/checks/dependencies/check-licences.ts'],
    advice: 'Use another package, or decide on the licence in deploy/checks/dependencies/licences.ts.',
  },
  {
    name: 'dead code',
    command: 'knip',
    args: ['--config', 'deploy/knip.json', '--no-progress'],
    advice: 'Remove what is not used, or use it.',
  },
]

export interface Totals {
  passed: number
  failed: number
}

/** A check that reads too few files would pass for the wrong reason, for example because of an ignore pattern. */
function requireAllFiles(name: string, files: number): void {
  const here = globSync(`{${PACKAGES.join(',')}}/**/*.{ts,tsx,mjs}`, {
    cwd: repoDir,
    exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path),
  }).length
  if (files < here || here === 0)
    throw new UserError(`${name} read ${files} of ${here} files: correct its ignore patterns.`)
}

/** Runs all checks, also after one has failed, unless `failFast`. */
export async function runChecks({
  failFast = false,
  signal,
}: { failFast?: boolean; signal?: AbortSignal } = {}): Promise<Totals> {
  const totals = { passed: 0, failed: 0 }
  for (const { name, command, args, advice, filesRead } of CHECKS) {
    const bin = resolve(repoDir, 'node_modules/.bin', command)
    try {
      if (!existsSync(bin))
        throw new Error(`${command} is not installed: run “npm run check”, which installs it.`)
      await step(name, async () => {
        const output = await run(bin, args, { cwd: repoDir, advice, lines: 200 })
        if (filesRead) requireAllFiles(name, Number(filesRead.exec(output)?.[1] ?? 0))
      })
      totals.passed++
    } catch (error) {
      if (signal?.aborted) break
      printUserError(error)
      totals.failed++
      if (failFast) break
    }
  }
  return totals
}
