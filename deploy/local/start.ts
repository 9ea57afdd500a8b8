// `npm start`: runs all of Levee on this machine, until Ctrl-C.
//
//   LEVEE_DATA_DIR     folder of data, keys and logs; default: var/ in the checkout
//   LEVEE_PORT         web and API, 8080
//   LEVEE_REDIS_PORT   Redis, 6390
//   LEVEE_NODE_PORTS   first of the 20 ports of the two edge nodes, 7880
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { dataDir as dataDirOf } from './data-dir.ts'
import { claimDataDir } from './single-instance.ts'
import { onShutdown } from '../stack/processes/shutdown.ts'
import { type WantedPort, requirePorts } from '../stack/network/required-ports.ts'
import { STARTED_VARIABLE } from '../setup/runtime.mjs'
import { UserError, printUserError } from '../setup/user-error.mjs'
import { duration, step } from '../setup/progress.mjs'
import { SECRETS_FILE, loadSecrets } from '../stack/secrets.ts'
import { type FixedPorts, type Stack, startStack } from '../stack/stack.ts'
import { supervise } from '../stack/processes/supervisor.ts'
import { ensureLivekit } from '../stack/tools/livekit.ts'
import { ensureRedis } from '../stack/tools/redis.ts'
import { ensureWebBuild } from '../stack/tools/web-build.ts'

const NODES = [
  { id: 'hq-1', site: 'head-office' },
  { id: 'branch-1', site: 'branch' },
] as const

/** The time the person has waited, installation included, ms since 1970. */
const startedMs = Number(process.env[STARTED_VARIABLE] ?? performance.timeOrigin)
const stopped = new AbortController()
const say = (line: string) => process.stdout.write(`  ${line}\n`)

function portFrom(variable: string, usual: number): number {
  const port = Number(process.env[variable] || usual)
  if (!Number.isInteger(port) || port < 1 || port > 65_000)
    throw new UserError(`${variable} must be a port number, 1 to 65000.`)
  return port
}

function choosePorts(): { fixed: FixedPorts; wanted: WantedPort[] } {
  const http = portFrom('LEVEE_PORT', 8080)
  const redis = portFrom('LEVEE_REDIS_PORT', 6390)
  const base = portFrom('LEVEE_NODE_PORTS', 7880)
  const wanted: WantedPort[] = [
    { port: http, kind: 'tcp', use: 'web and API', variable: 'LEVEE_PORT' },
    { port: redis, kind: 'tcp', use: 'Redis', variable: 'LEVEE_REDIS_PORT' },
  ]
  const nodes: Record<string, FixedPorts['nodes'][string]> = {}
  NODES.forEach(({ id }, i) => {
    const from = base + 10 * i
    const ports = {
      signal: from,
      rtcUdp: from + 2,
      turnUdp: from + 3,
      metrics: from + 4,
      agent: from + 5,
    }
    nodes[id] = ports
    for (const [name, port] of Object.entries(ports))
      wanted.push({
        port,
        kind: name.endsWith('Udp') ? 'udp' : 'tcp',
        use: `node ${id}`,
        variable: 'LEVEE_NODE_PORTS',
      })
  })
  refuseDuplicates(wanted)
  return { fixed: { redis, controlPlanes: [http], nodes }, wanted }
}

function refuseDuplicates(wanted: readonly WantedPort[]): void {
  for (const one of wanted) {
    const other = wanted.find(
      ({ port, kind, use }) => port === one.port && kind === one.kind && use !== one.use,
    )
    if (other)
      throw new UserError(
        `Port ${one.port} cannot be both ${one.use} and ${other.use}: choose another ${one.variable}.`,
      )
  }
}

/** Later starts do not print the operator key: the terminal may be shared, and its scrollback is kept. */
function summary({ url, operatorKey }: Stack, dataDir: string, isFirst: boolean): string {
  const rows = [
    ['Start a meeting', url],
    ['Operations', `${url}/ops`],
    ['  sign in with', isFirst ? operatorKey : 'the operator key: npm run operator-key'],
    ['Metrics', `${url}/metrics`],
    ['  bearer token', `“metricsKey” in ${join(dataDir, SECRETS_FILE)}`],
    ['API reference', `${url}/docs`],
    ['Data and logs', dataDir],
  ]
  const lines = rows.map(([what = '', where]) => `  ${what.padEnd(18)}${where}`)
  return `\n  Levee is ready in ${duration(Date.now() - startedMs)}\n\n${lines.join('\n')}\n\n  Ctrl-C stops it.\n\n`
}

function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    accessSync(dataDir, constants.W_OK)
  } catch (error) {
    throw new UserError(
      `The data folder ${dataDir} cannot be used: choose another with LEVEE_DATA_DIR=… npm start`,
      String(error),
    )
  }
}

async function main(): Promise<void> {
  const dataDir = dataDirOf()
  makeDataDir(dataDir)
  const isFirst = !existsSync(join(dataDir, SECRETS_FILE))
  const { fixed, wanted } = choosePorts()
  const release = claimDataDir(join(dataDir, 'running.json'), `http://localhost:${fixed.controlPlanes[0]}`)
  process.on('exit', release)

  const supervisor = supervise(say)
  let starting: Promise<Stack> | undefined
  onShutdown({
    stop() {
      say('stopping…')
      supervisor.close()
      stopped.abort()
      void stopAll()
    },
    // The watchdog then ends the children.
    kill: () => process.exit(1),
  })
  async function stopAll(): Promise<void> {
    const stack = await starting?.catch(() => undefined)
    await stack?.stop()
    say('stopped')
    process.exit(0)
  }

  await requirePorts(wanted)
  await ensureRedis()
  await ensureLivekit()
  await ensureWebBuild()
  if (stopped.signal.aborted) return
  const begun = (starting = startStack({
    nodes: NODES,
    dataDir,
    ports: fixed,
    secrets: loadSecrets(
      join(dataDir, SECRETS_FILE),
      NODES.map(({ id }) => id),
    ),
    rates: 'product',
    onChild: (child) => supervisor.watch(child),
    signal: stopped.signal,
  }))
  const stack = await step('Redis, two edge nodes, control plane', () => begun)
  process.stdout.write(summary(stack, dataDir, isFirst))
}

main().catch((error: unknown) => {
  // An error that is caused by stopping is not reported; stopping ends the process.
  if (stopped.signal.aborted) return
  printUserError(error)
  process.exit(1)
})
