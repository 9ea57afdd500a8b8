// Installs the pinned Node and pnpm, and the dependencies of the lockfile. Runs on any Node ≥ 20.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { NODE_VERSION, cacheDir, PNPM_VERSION, repoDir } from './pins.mjs'
import { run } from './command.mjs'
import { step } from './progress.mjs'
import { lockFor, readLock, thisPlatform } from './runtime-packages.mjs'
import { UserError, explainFault } from './user-error.mjs'
import { STALE_INSTALL_MS } from './tuning.mjs'

/** Installs the pinned Node and pnpm in the cache and returns the folder that contains `node` and `pnpm`. */
export async function ensureRuntime() {
  const pnpm = PNPM_VERSION
  const name = `node-${NODE_VERSION}-pnpm-${pnpm}`
  const prefix = join(cacheDir(), name)
  const bins = join(prefix, 'node_modules', '.bin')
  if (existsSync(join(bins, 'node')) && existsSync(join(bins, 'pnpm'))) return bins
  await step(`Node ${NODE_VERSION} and pnpm ${pnpm}`, async () => {
    const temp = await makeTemp(name)
    try {
      const { manifest, lock } = lockFor(readLock(), thisPlatform())
      await writeFile(join(temp, 'package.json'), JSON.stringify(manifest))
      await writeFile(join(temp, 'package-lock.json'), JSON.stringify(lock))
      // Compares every package with its hash in the lock file before any of its code runs.
      await run('npm', ['ci', '--no-audit', '--no-fund'], {
        cwd: temp,
        advice: 'Could not fetch Node: check the network and npm’s registry setting, then run again.',
      })
      await verify(join(temp, 'node_modules', '.bin'), pnpm)
      await moveInto(temp, prefix)
    } finally {
      await rm(temp, { recursive: true, force: true })
    }
  })
  return bins
}

/** @param {string} bins @param {string} pnpm */
async function verify(bins, pnpm) {
  const advice = 'The fetched Node or pnpm does not run on this machine: see the lines above.'
  const env = withBins(bins)
  const versions = [
    (await run(join(bins, 'node'), ['--version'], { env, advice })).trim(),
    // Not in the checkout: pnpm would read the package.json there first.
    (await run(join(bins, 'pnpm'), ['--version'], { env, cwd: bins, advice })).trim(),
  ]
  if (versions[0] !== `v${NODE_VERSION}` || versions[1] !== pnpm)
    throw new UserError(
      `npm brought Node ${versions[0]} and pnpm ${versions[1]} instead of the pinned versions.`,
    )
}

/**
 * Installs the dependencies of the lockfile, only when it has changed since the last run.
 * @param {string} bins
 */
export async function ensureDependencies(bins) {
  const stamp = join(repoDir, 'node_modules', '.levee-lock')
  const wanted = fingerprint(bins)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  await step('Dependencies from the lockfile', async () => {
    await run(join(bins, 'pnpm'), ['install', '--frozen-lockfile', '--config.confirmModulesPurge=false'], {
      cwd: repoDir,
      env: withBins(bins),
      advice:
        'Could not install the dependencies: check the network and npm’s registry setting, then run again.',
    })
    await writeFile(stamp, wanted)
  })
}

/** @param {string} bins */
function fingerprint(bins) {
  const hash = createHash('sha256').update(bins)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(repoDir, file)))
  return hash.digest('hex')
}

/** Names the variable with the start of the whole command, installation included, in ms since 1970. */
export const STARTED_VARIABLE = 'LEVEE_COMMAND_STARTED_MS'

/** @param {string} bins @returns {NodeJS.ProcessEnv} */
export function withBins(bins) {
  const local = join(repoDir, 'node_modules', '.bin')
  return { ...process.env, PATH: [bins, local, process.env['PATH']].join(delimiter) }
}

/**
 * A temporary folder next to the final one, so that the final rename stays on one disk.
 * @param {string} name
 */
export async function makeTemp(name) {
  try {
    await mkdir(cacheDir(), { recursive: true })
    for (const entry of await readdir(cacheDir())) {
      if (!entry.startsWith('.')) continue
      const path = join(cacheDir(), entry)
      const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Date.now() }))
      if (Date.now() - mtimeMs > STALE_INSTALL_MS) await rm(path, { recursive: true, force: true })
    }
    const temp = await mkdtemp(join(cacheDir(), `.${name}-`))
    process.on('exit', () => rmSync(temp, { recursive: true, force: true }))
    return temp
  } catch (error) {
    const sentence = explainFault(String(error))
    throw sentence ? new UserError(sentence, String(error)) : error
  }
}

/**
 * Renames a finished folder to its final name. If another run was faster, its folder is complete too and is kept.
 * @param {string} temp @param {string} final
 */
export async function moveInto(temp, final) {
  try {
    await rename(temp, final)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
}
