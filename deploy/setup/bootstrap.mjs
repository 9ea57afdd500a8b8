// First step of every npm command. Runs on any Node ≥ 20 without dependencies, installs the pinned Node and starts the
// command with it.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { OLDEST_NODE_MAJOR, repoDir } from './pins.mjs'
import { STARTED_VARIABLE, ensureDependencies, ensureRuntime, withBins } from './runtime.mjs'
import { PARENT_CHECK_MS } from './tuning.mjs'
import { UserError, printUserError } from './user-error.mjs'

const COMMANDS = new Map([
  ['start', 'deploy/local/start.ts'],
  ['operator-key', 'deploy/local/operator-key.ts'],
  ['test', 'deploy/checks/test.ts'],
  ['check', 'deploy/checks/check.ts'],
  ['sbom', 'deploy/checks/dependencies/sbom.ts'],
  ['bench', 'load-tests/benchmarks/main.ts'],
  ['bench:placement', 'load-tests/benchmarks/placement/main.ts'],
  ['load', 'load-tests/scenarios/run.ts'],
  ['attack', 'load-tests/attacks/main.ts'],
  ['chaos', 'load-tests/chaos/main.ts'],
])

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/**
 * Stops this process, or the command once it runs.
 * @type {(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => void}
 */
let stop = (signal) => process.exit(128 + constants.signals[signal])

async function main() {
  const [command = '', ...args] = process.argv.slice(2)
  const script = scriptOf(command)
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE_MAJOR)
    throw new UserError(
      `Node ${process.versions.node} is too old: install Node ${OLDEST_NODE_MAJOR} or newer.`,
    )
  // process.exit runs the exit handlers, which remove partial downloads.
  for (const signal of SIGNALS) process.on(signal, () => stop(signal))
  if (process.env['npm_lifecycle_event']) stopWithParent()
  const bins = await ensureRuntime()
  await ensureDependencies(bins)
  const started = { [STARTED_VARIABLE]: String(performance.timeOrigin) }
  handOver(join(bins, 'node'), [script, ...args], { ...withBins(bins), ...started })
}

/** `kill` of npm ends only the shell between npm and this process, so no signal arrives here. */
function stopWithParent() {
  const parent = process.ppid
  const check = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(check)
    stop('SIGTERM')
  }, PARENT_CHECK_MS)
  check.unref()
}

/** @param {string} command */
function scriptOf(command) {
  const script = COMMANDS.get(command)
  if (!script) throw new UserError(`Usage: bootstrap.mjs ${[...COMMANDS.keys()].join('|')} [arguments]`)
  return join(repoDir, script)
}

/**
 * Starts the command. Its IPC channel closes when this process ends, even by kill -9, and the command then stops too.
 * @param {string} node @param {string[]} args @param {NodeJS.ProcessEnv} env
 */
function handOver(node, args, env) {
  const child = spawn(node, args, { cwd: repoDir, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  stop = (signal) => child.kill(signal)
  child.on('error', (error) => {
    printUserError(error)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal ? (constants.signals[signal] ?? 0) : 0))
  })
}

main().catch((error) => {
  printUserError(error)
  process.exit(1)
})
