// One run of k6.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { plainEnv } from '../../deploy/stack/environment.ts'
import { repoDir } from '../../deploy/setup/pins.mjs'
import { ensureK6 } from '../../deploy/stack/tools/k6.ts'

/** k6's exit code when a threshold is crossed. */
export const THRESHOLD_CROSSED = 99

export interface K6Run {
  /** File name in `scenarios`. */
  scenario: string
  settings: Readonly<Record<string, string>>
  signal?: AbortSignal
  /** 'ignore' for a run whose summary nobody reads. */
  output?: 'inherit' | 'ignore'
}

/** Resolves with k6's exit code; 0 means that every threshold held. */
export async function runK6({ scenario, settings, signal, output = 'inherit' }: K6Run): Promise<number> {
  const k6 = await ensureK6()
  const env = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const script = join(repoDir, 'load-tests', 'scenarios', scenario)
  // Its own process group: at Ctrl-C we tell it to end, once.
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
