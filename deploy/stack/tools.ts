// The programs that npm does not bring: each is found, or installed, and its path given.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { K6_VERSION, LIVEKIT_VERSION, cacheDir } from '../setup/pins.mjs'
import { Trouble, run, step } from '../setup/progress.mjs'
import { makeTemp } from '../setup/runtime.mjs'

const BUILD_NEEDS_BYTES = 2 * 1024 ** 3

export function ensureRedis(): Promise<string> {
  return fromSystem({
    label: 'Redis',
    found: onPath('redis-server'),
    aptPackage: 'redis-server',
    binary: 'redis-server',
    brew: 'brew install redis',
  })
}

export async function ensureChromium(): Promise<string> {
  const chosen = chosenBy('LEVEE_CHROMIUM')
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
  return fromSystem({
    label: 'Chromium',
    found: chosen ?? names.map(onPath).find(Boolean) ?? (isExecutable(mac) ? mac : undefined),
    aptPackage: 'chromium',
    binary: 'chromium',
    brew: 'brew install --cask google-chrome',
  })
}

export function ensureLivekit(): Promise<string> {
  return built({
    name: `livekit-${LIVEKIT_VERSION}`,
    label: `LiveKit ${LIVEKIT_VERSION} (built once, 3 to 6 min)`,
    module: `github.com/livekit/livekit-server/cmd/server@v${LIVEKIT_VERSION}`,
    builtAs: 'server',
    binary: 'livekit-server',
    variable: 'LEVEE_LIVEKIT',
    version: { argument: '--version', tells: `version ${LIVEKIT_VERSION}` },
  })
}

export function ensureK6(): Promise<string> {
  return built({
    name: `k6-${K6_VERSION}`,
    label: `k6 ${K6_VERSION} (built once, 2 to 4 min)`,
    module: `go.k6.io/k6@v${K6_VERSION}`,
    builtAs: 'k6',
    binary: 'k6',
    variable: 'LEVEE_K6',
    version: { argument: 'version', tells: `v${K6_VERSION} ` },
  })
}

/** A program that the operator names wins over what is found. */
function chosenBy(variable: string): string | undefined {
  const chosen = process.env[variable] || undefined
  if (chosen && !isExecutable(chosen))
    throw new Trouble(`${variable} names ${chosen}, which is no program: correct or unset it.`)
  return chosen
}

interface SystemTool {
  label: string
  found: string | undefined
  aptPackage: string
  binary: string
  brew: string
}

async function fromSystem({ label, found, aptPackage, binary, brew }: SystemTool): Promise<string> {
  if (found) return found
  if (process.platform === 'darwin') throw new Trouble(`${label} is missing: run “${brew}” and try again.`)
  const byHand = `${label} is missing and cannot be installed from here: run “sudo apt-get install ${aptPackage}” (or ask an administrator), or put ${binary} on PATH, then run again.`
  if (!onPath('apt-get')) throw new Trouble(byHand)
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  if (sudo.length > 0) {
    if (!onPath('sudo')) throw new Trouble(byHand)
    await run('sudo', ['-n', 'true'], { advice: byHand })
  }
  const apt = async (...args: string[]) => {
    const [command = '', ...rest] = [
      ...sudo,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-qq',
      ...args,
    ]
    await run(command, rest, {
      advice: `Could not install ${label}: mend what apt-get says above, or run “apt-get install ${aptPackage}” by hand.`,
    })
  }
  const install = () =>
    // The package starts a Redis of its own where systemd runs; the appliance does not use it.
    apt('-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '--no-install-recommends', aptPackage)
  await step(`${label} (apt-get install ${aptPackage})`, () =>
    install().catch(async () => {
      await apt('-o', 'DPkg::Lock::Timeout=120', 'update')
      await install()
    }),
  )
  const path = onPath(binary)
  if (!path) throw new Trouble(byHand)
  return path
}

interface GoTool {
  /** Folder in the cache: name and version. */
  name: string
  label: string
  module: string
  /** What `go install` calls it, and what we call it. */
  builtAs: string
  binary: string
  /** Names one that is already there. */
  variable: string
  /** One on PATH is taken when it tells the pinned version. */
  version: { argument: string; tells: string }
}

async function built(tool: GoTool): Promise<string> {
  const { name, label, module, builtAs, binary, variable, version } = tool
  const chosen = chosenBy(variable)
  if (chosen) return chosen
  const home = join(cacheDir(), name)
  const final = join(home, 'bin', binary)
  if (isExecutable(final)) return final
  const there = onPath(binary)
  if (there && spawnSync(there, [version.argument], { encoding: 'utf8' }).stdout?.includes(version.tells))
    return there
  const go = onPath('go') ?? (isExecutable('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : undefined)
  if (!go)
    throw new Trouble(
      `${name} must be built: install Go 1.21 or newer (https://go.dev/dl), or name a ${binary} of that version in ${variable}, then run again.`,
    )
  requireSpace()
  await step(label, async () => {
    const temp = await makeTemp(name)
    try {
      await run(go, ['install', module], {
        env: { ...process.env, GOBIN: temp, CGO_ENABLED: '0', GOFLAGS: '-trimpath' },
        advice: `Could not build ${name}: check the network, GOPROXY and “go version” (1.21 or newer), then run again.`,
      })
      await mkdir(join(home, 'bin'), { recursive: true })
      await rename(join(temp, builtAs), final)
    } finally {
      await rm(temp, { recursive: true, force: true })
    }
  })
  return final
}

function requireSpace(): void {
  for (const dir of [cacheDir(), process.env['GOPATH'], process.env['HOME'], tmpdir()]) {
    if (!dir || !existsSync(dir)) continue
    const { bavail, bsize } = statfsSync(dir)
    const gib = ((bavail * bsize) / 1024 ** 3).toFixed(1)
    if (bavail * bsize < BUILD_NEEDS_BYTES)
      throw new Trouble(
        `Building needs 2 GB, and the disk of ${dir} has ${gib} GB free: make room and run again.`,
      )
  }
}

function onPath(name: string): string | undefined {
  const dirs = [...(process.env['PATH'] ?? '').split(delimiter), '/opt/homebrew/bin']
  return dirs.map((dir) => join(dir, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
