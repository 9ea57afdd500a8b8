// Builds the Go program in this folder, once per state of its source, into the cache of tools.
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { LIVEKIT_VERSION, cacheDir } from '../../../../deploy/setup/pins.mjs'
import { UserError } from '../../../../deploy/setup/user-error.mjs'
import { run } from '../../../../deploy/setup/command.mjs'
import { step } from '../../../../deploy/setup/progress.mjs'
import { makeTemp, moveInto } from '../../../../deploy/setup/runtime.mjs'

const SOURCE = import.meta.dirname
const BINARY = 'placement-peers'

/** Path of the program. */
export async function ensurePeers(): Promise<string> {
  const files = globSync(['go.mod', 'go.sum', '*.go'], { cwd: SOURCE }).toSorted()
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(join(SOURCE, file)))
  const name = `${BINARY}-${LIVEKIT_VERSION}-${hash.digest('hex').slice(0, 12)}`
  const home = join(cacheDir(), name)
  if (existsSync(join(home, BINARY))) return join(home, BINARY)
  refuseOtherVersion()
  const build = async () => {
    const temp = await makeTemp(name)
    try {
      await run('go', ['build', '-ldflags=-s -w', '-o', join(temp, BINARY), '.'], {
        cwd: SOURCE,
        env: {
          ...process.env,
          // Go's own installer uses this folder, and not every shell has it in PATH.
          PATH: [process.env['PATH'], '/usr/local/go/bin'].join(delimiter),
          CGO_ENABLED: '0',
          // The same flags as for LiveKit itself, so that Go has most packages in its cache.
          GOFLAGS: '-trimpath -buildvcs=false',
        },
        advice: `Could not build ${name}: check the network, GOPROXY and “go version” (1.26 or newer), then run again.`,
      })
      await moveInto(temp, home)
    } finally {
      await rm(temp, { recursive: true, force: true })
    }
  }
  await step('LiveKit’s placement', build, 'built once, up to 5 min')
  return join(home, BINARY)
}

/** The server and the packages linked into the program must have the same version. */
function refuseOtherVersion(): void {
  if (!readFileSync(join(SOURCE, 'go.mod'), 'utf8').includes(`livekit-server v${LIVEKIT_VERSION}\n`))
    throw new UserError(
      `load-tests/benchmarks/placement/peers/go.mod does not name LiveKit ${LIVEKIT_VERSION}: run “go get github.com/livekit/livekit-server@v${LIVEKIT_VERSION}” there.`,
    )
}
