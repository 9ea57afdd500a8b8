// The versions of Node, pnpm and the Go tools that this checkout is built and tested with. Their hashes are in
// runtime/package-lock.json and go/; `npm run pin` writes those files after a version was changed here.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const OLDEST_NODE_MAJOR = 20
export const NODE_VERSION = '26.10.0'
/** Not in package.json's "packageManager": pnpm would then download itself again. */
export const PNPM_VERSION = '12.21.0'
export const LIVEKIT_VERSION = '1.13.5'
export const K6_VERSION = '1.8.1'

/** Modules of Go that are built here, by their folder in go/. `package`: the program's. */
export const GO_MODULES = {
  livekit: {
    module: 'github.com/livekit/livekit-server',
    package: 'github.com/livekit/livekit-server/cmd/server',
    version: LIVEKIT_VERSION,
  },
  k6: { module: 'go.k6.io/k6', package: 'go.k6.io/k6', version: K6_VERSION },
}

export const repoDir = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** Folder of installed tools, by version. Outside the checkout, so that a fresh clone starts fast. */
export function cacheDir() {
  return (
    process.env['LEVEE_CACHE_DIR'] ||
    join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'levee')
  )
}
