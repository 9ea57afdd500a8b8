// The versions of Node, pnpm and the Go tools that this checkout is built and tested with.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const OLDEST_NODE_MAJOR = 20
export const NODE_VERSION = '26.10.0'
/** Not in package.json's "packageManager": pnpm would then download itself again. */
export const PNPM_VERSION = '12.21.0'
export const LIVEKIT_VERSION = '1.13.5'
export const K6_VERSION = '1.8.1'

export const repoDir = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** Folder of installed tools, by version. Outside the checkout, so that a fresh clone starts fast. */
export function cacheDir() {
  return (
    process.env['LEVEE_CACHE_DIR'] ||
    join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'levee')
  )
}
