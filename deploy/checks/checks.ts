// The static checks: format, lint with the folder rules, types, dead code. Under a minute.
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
  /** How many files it looked at, told by its output. */
  looked?: RegExp
}

const CHECKS: readonly Check[] = [
  {
    name: 'format',
    command: 'oxfmt',
    args: ['--check'],
    advice: 'Run “pnpm format”.',
    looked: / on (\d+) files/,
  },
  {
    name: 'lint',
    command: 'oxlint',
    args: [],
    advice: 'Mend what the lines above name; rules: .oxlintrc.json.',
    looked: / on (\d+) files/,
  },
  ...PACKAGES.map((name) => ({
    name: `types of ${name}`,
    command: 'tsc',
    args: ['-p', name],
    advice: `Mend the types of ${name}.`,
  })),
  {
    name: 'messages of the web client',
    command: process.execPath,
    args: ['web/check-messages.ts'],
    advice: 'Run “pnpm -C web messages” and commit the catalogues.',
  },
  {
    name: 'dead code',
    command: 'knip',
    args: ['--config', 'deploy/knip.json', '--no-progress'],
    advice: 'Remove what nobody uses, or use it.',
  },
]

export interface Totals {
  passed: number
  failed: number
}

/** A check that looks away passes on everything: one wrong pattern would switch it off unseen. */
function refuseBlind(name: string, files: number): void {
  const here = globSync(`{${PACKAGES.join(',')}}/**/*.{ts,tsx,mjs}`, {
    cwd: repoDir,
    exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path),
  }).length
  if (files < here || here === 0)
    throw new UserError(`${name} looked at ${files} of ${here} files: mend its ignore patterns.`)
}

/** Runs them all, whatever fails. */
export async function runChecks({
  failFast = false,
  signal,
}: { failFast?: boolean; signal?: AbortSignal } = {}): Promise<Totals> {
  const totals = { passed: 0, failed: 0 }
  for (const { name, command, args, advice, looked } of CHECKS) {
    const bin = resolve(repoDir, 'node_modules/.bin', command)
    try {
      if (!existsSync(bin))
        throw new Error(`${command} is not installed: run “npm run check”, which installs it.`)
      await step(name, async () => {
        const output = await run(bin, args, { cwd: repoDir, advice, lines: 200 })
        if (looked) refuseBlind(name, Number(looked.exec(output)?.[1] ?? 0))
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
