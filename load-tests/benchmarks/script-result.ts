// Runs a benchmark of another package in a separate process.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { repoDir } from '../../deploy/setup/pins.mjs'

/** Returns the line of JSON that the script prints. `script`: its path in the repository. */
export async function scriptResult<T>(
  script: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<T> {
  const child = spawn(process.execPath, [join(repoDir, script), ...args], {
    cwd: repoDir,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  const line = output.split('\n').find((one) => one.startsWith('{'))
  if (code !== 0 || !line) throw new Error(`${script} ended with code ${code}`)
  return JSON.parse(line) as T
}
