// `npm run pin`: writes the hashes of the versions in pins.mjs. Needs the network and Go; runs on any Node ≥ 20.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './command.mjs'
import { GO_MODULES, repoDir } from './pins.mjs'
import { step } from './progress.mjs'
import { lockFor, readLock, runtimeManifest, thisPlatform } from './runtime-packages.mjs'
import { printUserError } from './user-error.mjs'

async function pinRuntime() {
  const folder = join(repoDir, 'deploy/setup/runtime')
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(runtimeManifest, null, 2)}\n`)
  await run(
    'npm',
    // Without addresses, so that npm's registry setting holds wherever the lock file is used.
    ['install', '--package-lock-only', '--omit-lockfile-registry-resolved', '--ignore-scripts', '--no-audit'],
    { cwd: folder, advice: 'Could not read the versions of pins.mjs from npm: see the lines above.' },
  )
  lockFor(readLock(), thisPlatform())
}

/** @param {string} name @param {{ module: string, package: string, version: string }} tool */
async function pinGoTool(name, { module, package: program, version }) {
  const folder = join(repoDir, 'deploy/setup/go', name)
  // `tool` needs Go 1.24; tidy raises the version to the one that the module itself needs.
  const text = `module levee/${name}\n\ngo 1.24\n\ntool ${program}\n\nrequire ${module} v${version}\n`
  await writeFile(join(folder, 'go.mod'), text)
  await run('go', ['mod', 'tidy'], {
    cwd: folder,
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '' },
    advice: `Could not read ${module} v${version}: check the network, GOPROXY and “go version” (1.24 or newer).`,
  })
}

async function main() {
  await step('Hashes of Node and pnpm', pinRuntime)
  for (const [name, tool] of Object.entries(GO_MODULES))
    await step(`Hashes of ${name} and its modules`, () => pinGoTool(name, tool))
}

main().catch((error) => {
  printUserError(error)
  process.exitCode = 1
})
