import { execFileSync } from 'node:child_process'
import { repoDir } from '../../../deploy/setup/pins.mjs'

/** Short hash of the measured commit, with "+" if files differ from it; undefined outside a Git checkout. */
export function commit(): string | undefined {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: repoDir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no') !== ''
    return git('rev-parse', '--short', 'HEAD') + (changed ? '+' : '')
  } catch {
    return undefined
  }
}
