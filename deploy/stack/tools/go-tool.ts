// Programs that are built from source with Go, once per version, and stored in the cache. Each has a folder with go.mod and
// go.sum, which names the hash of every module: Go builds nothing else from there (-mod=readonly).
import { spawnSync } from 'node:child_process'
import { existsSync, statfsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../setup/command.mjs'
import { cacheDir, GO_MODULES } from '../../setup/pins.mjs'
import { step } from '../../setup/progress.mjs'
import { makeTemp } from '../../setup/runtime.mjs'
import { UserError } from '../../setup/user-error.mjs'
import { chosenBy, isExecutable, onPath } from './find-program.ts'
import { BUILD_SPACE_BYTES } from '../../setup/tuning.mjs'

/** go.mod and go.sum are used as they are, and no setting of this machine replaces or adds modules. */
const PINNED = { GOFLAGS: '-trimpath -mod=readonly', GOWORK: 'off' }

export interface GoTool {
  /** Folder in the cache: name and version. */
  name: string
  label: string
  /** How long a build usually takes. */
  expected: string
  /** Folder in setup/go with its go.mod and go.sum. */
  folder: keyof typeof GO_MODULES
  /** File name from `go install`; it is renamed to `binary`. */
  builtAs: string
  binary: string
  /** Environment variable that names an existing program. */
  variable: string
  /** A program on PATH is used when `argument` makes it print `prints`: the pinned version. */
  version: { argument: string; prints: string }
}

/** Path of the program; built when it is missing. Throws a UserError that says what the build needs. */
export async function goTool(tool: GoTool): Promise<string> {
  const { name, label, expected, folder, builtAs, binary, variable, version } = tool
  const chosen = chosenBy(variable)
  if (chosen) return chosen
  const home = join(cacheDir(), name)
  const final = join(home, 'bin', binary)
  if (isExecutable(final)) return final
  const there = onPath(binary)
  if (there && spawnSync(there, [version.argument], { encoding: 'utf8' }).stdout?.includes(version.prints))
    return there
  const go = onPath('go') ?? (isExecutable('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : undefined)
  if (!go)
    throw new UserError(
      `${name} must be built: install Go 1.21 or newer (https://go.dev/dl), or name a ${binary} of that version in ${variable}, then run again.`,
    )
  requireSpace()
  const build = async () => {
    const temp = await makeTemp(name)
    try {
      await run(go, ['install', GO_MODULES[folder].package], {
        cwd: fileURLToPath(new URL(`../../setup/go/${folder}`, import.meta.url)),
        env: { ...process.env, ...PINNED, GOBIN: temp, CGO_ENABLED: '0' },
        advice: `Could not build ${name}: check the network, GOPROXY and “go version” (1.21 or newer), then run again.`,
      })
      await mkdir(join(home, 'bin'), { recursive: true })
      await rename(join(temp, builtAs), final)
    } finally {
      await rm(temp, { recursive: true, force: true })
    }
  }
  await step(label, build, expected)
  return final
}

function requireSpace(): void {
  for (const dir of [cacheDir(), process.env['GOPATH'], process.env['HOME'], tmpdir()]) {
    if (!dir || !existsSync(dir)) continue
    const { bavail, bsize } = statfsSync(dir)
    const gib = ((bavail * bsize) / 1024 ** 3).toFixed(1)
    if (bavail * bsize < BUILD_SPACE_BYTES)
      throw new UserError(
        `Building needs 2 GB, and the disk of ${dir} has ${gib} GB free: free some space and run again.`,
      )
  }
}
