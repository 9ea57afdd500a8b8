// Runs a k6 scenario.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { plainEnv } from '@levee/deploy/environment'
import { ensureK6 } from '@levee/deploy/tools/k6'
import { repoDir } from '../../deploy/setup/pins.mjs'

/** k6's exit code when a threshold is crossed. */
export const THRESHOLD_CROSSED = 99

export interface K6Run {
  /** File name in `scenarios`. */
  scenario: string
  settings: Readonly<Record<string, string>>
  signal?: AbortSignal
  /** 'ignore' drops k6's summary. */
  output?: 'inherit' | 'ignore'
}

/** Resolves with k6's exit code; 0 means that every threshold held. */
export async function runK6({ scenario, settings, signal, output = 'inherit' }: K6Run): Promise<number> {
  const k6 = await ensureK6()
  const env = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const script = join(repoDir, 'load-tests', 'scenarios', scenario)
  // In its own process group, because otherwise it would get the terminal's Ctrl-C twice.
  const child = spawn(k6, ['run', '--quiet', '--no-usage-report', '--no-color', ...env, script], {
    cwd: repoDir,
    env: plainEnv(),
    stdio: ['ignore', output, output],
    detached: true,
  })
  const stop = () => child.kill('SIGINT')
  signal?.addEventListener('abort', stop, { once: true })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => {
      signal?.removeEventListener('abort', stop)
      resolve(code ?? 1)
    })
  })
}
