// The static checks: format, lint with the folder rules, types, dead code. Under a minute.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repoDir } from './pins.mjs'
import { run, step, tellTrouble } from './progress.mjs'

const PACKAGES = ['control-plane', 'edge-agent', 'web', 'deploy', 'load-tests']

interface Check {
  name: string
  command: string
  args: readonly string[]
  advice: string
}

const CHECKS: readonly Check[] = [
  { name: 'format', command: 'oxfmt', args: ['--check'], advice: 'Run “pnpm format”.' },
  {
    name: 'lint',
    command: 'oxlint',
    args: [],
    advice: 'Mend what the lines above name; rules: .oxlintrc.json.',
  },
  ...PACKAGES.map((name) => ({
    name: `types of ${name}`,
    command: 'tsc',
    args: ['-p', name],
    advice: `Mend the types of ${name}.`,
  })),
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

/** Runs them all, whatever fails. */
export async function runChecks({
  failFast = false,
  signal,
}: { failFast?: boolean; signal?: AbortSignal } = {}): Promise<Totals> {
  const totals = { passed: 0, failed: 0 }
  for (const { name, command, args, advice } of CHECKS) {
    const bin = join(repoDir, 'node_modules', '.bin', command)
    try {
      if (!existsSync(bin))
        throw new Error(`${command} is not installed: run “npm run check”, which installs it.`)
      await step(name, () => run(bin, args, { cwd: repoDir, advice, lines: 200 }))
      totals.passed++
    } catch (error) {
      if (signal?.aborted) break
      tellTrouble(error)
      totals.failed++
      if (failFast) break
    }
  }
  return totals
}
