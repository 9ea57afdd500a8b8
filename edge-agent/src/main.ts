import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Directive } from '@levee/control-plane/contract'
import { pino, type Logger } from 'pino'
import { Registry } from 'prom-client'
import { openBranch } from './offline/offline-mode.ts'
import { readConfig, type Config } from './config.ts'
import { controlPlane } from './reporting/control-plane-client.ts'
import { serveAgent } from './status-server.ts'
import { nodeSecret } from './reporting/identity.ts'
import { leaving } from './drain/drain.ts'
import { livekitRooms } from './livekit/livekit-rooms.ts'
import { agentMetrics, type AgentMetrics } from './metrics.ts'
import { hostReader } from './readings/host.ts'
import { livekitProcess } from './livekit/process.ts'
import { watchLivekit } from './livekit/health.ts'
import { livekitReader } from './livekit/reader.ts'
import { startReadings, type ReadingName } from './readings/readings.ts'
import { livekitSelfTest } from './livekit/self-test.ts'
import { reportLoop } from './reporting/report-loop.ts'
import { restarting, type Restarting } from './livekit/restart.ts'
import { roomOrders, type RoomOrders } from './orders/room-orders.ts'
import { stopNotice } from './drain/stop-notice.ts'
import { LOOP_STUCK_AFTER_MS } from './tuning/agent.ts'
import { whoIsHere } from './livekit/count-people.ts'

/** Exit code when the configuration or the machine's set-up must be mended first; a restart would not help. */
const EXIT_SETUP = 2

const read = readConfig(process.env)
if ('faults' in read) {
  for (const fault of read.faults) console.error(fault)
  process.exit(EXIT_SETUP)
}
const { config } = read
const log = pino({
  level: config.logLevel,
  base: { service: 'edge-agent', node: config.node, site: config.site },
  redact: ['*.apiSecret', '*.nodeSecret', '*.enrolmentKey', 'req.headers.authorization'],
})
/** Leaves the fleet in order; undefined until there is something to leave, and once it was asked. */
let leave: (() => Promise<void>) | undefined
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => void end(name))
await start(config, log).catch((error: unknown) => {
  log.fatal(error instanceof Error ? error.message : 'the agent cannot start')
  process.exit(EXIT_SETUP)
})

/**
 * SIGTERM: the node leaves the fleet first. SIGINT, and whatever comes second: at once; the control plane notices the
 * silence, LiveKit goes on.
 */
async function end(signal: 'SIGTERM' | 'SIGINT'): Promise<never> {
  const begin = signal === 'SIGTERM' ? leave : undefined
  leave = undefined
  await begin?.().catch((error: unknown) => log.error(error, 'the node could not leave in order'))
  log.info({ signal }, 'edge agent stops')
  process.exit(0)
}

async function start(config: Config, log: Logger): Promise<void> {
  const version = await packageVersion()
  const registry = new Registry()
  const metrics = agentMetrics(registry, version)
  const secret = await nodeSecret(config.stateDir, config.node)
  const key = { apiKey: config.livekitApiKey, apiSecret: config.livekitApiSecret }
  const access = { url: config.livekitUrl, ...key }
  const livekit = livekitReader({ ...access, metricsUrl: config.livekitMetricsUrl })
  const rooms = livekitRooms(access)
  const orders = roomOrders({ rooms, log, onDone: metrics.roomOrder })

  const selfTests = selfTestLog(log)
  let urge = () => {}
  const livekitsProcess = livekitProcess(localPorts(config), (pid) => {
    if (pid === undefined) log.info('LiveKit’s process is not seen: a hang shows after 2 s')
    else log.info({ pid }, 'LiveKit’s process is seen: a standstill shows within 0.6 s')
  })
  const watch = watchLivekit({
    url: config.livekitUrl,
    process: livekitsProcess,
    selfTest: livekitSelfTest(access),
    onChange(state) {
      if (state.up) selfTests.onUp()
      if (state.up) log.info('LiveKit answers')
      else log.warn(state.why === 'exited' ? 'LiveKit is gone: nothing listens' : 'LiveKit hangs: no answer')
      metrics.livekit(state)
      urge()
    },
    onSelfTestFailed: selfTests.onFailure,
  })

  const { readings, shape, scope } = await startReadings({
    livekit,
    hostReader: hostReader(),
    scope: config.cpuScope,
    overrides: config.capacity,
    ...readingLog(log, metrics),
  })
  log.info({ version, cpuScope: scope, ...shape }, 'edge agent started')

  const branch = await openBranch({
    own: { node: config.node, site: config.site, url: config.nodeUrl, ...key },
    stateDir: config.stateDir,
    controlPlaneUrl: config.controlPlaneUrl,
    controlPlane: controlPlane({
      url: config.controlPlaneUrl,
      node: config.node,
      enrolmentKey: config.enrolmentKey,
      nodeSecret: secret,
    }),
    livekit,
    rooms,
    joinsPerSec: config.joinsPerSec,
    urge: () => urge(),
    metrics,
    log,
  })
  const beside = {
    livekitDown: () => watch.state()?.up === false,
    whoIsHere: () => whoIsHere({ rooms: livekit.rooms, peopleIn: rooms.peopleIn }),
  }
  const restarts = restarting({ ...beside, process: livekitsProcess, log })
  const loop = reportLoop({
    bootId: randomUUID(),
    enrolment: {
      node: config.node,
      site: config.site,
      ...(config.zone !== undefined && { zone: config.zone }),
      url: config.nodeUrl,
      ...key,
      nodeSecret: secret,
      agentVersion: version,
    },
    controlPlane: branch.heard,
    livekitState: watch.state,
    readings: branch.measured(readings),
    joinsPerSec: config.joinsPerSec,
    offlineGrantSec: branch.offlineGrantSec,
    cannotRestart: restarts.cannot,
    obey: obeying(log, metrics, orders, restarts),
    metrics,
    log,
  })
  urge = loop.urge
  const going = leaving({
    withinMs: config.drainDeadlineSec * 1_000,
    ...beside,
    loop,
    onPeople: metrics.leaving,
    tellStop: stopNotice({ livekit, rooms, log }),
    log,
  })

  await serveAgent({
    host: config.agentHost,
    port: config.agentPort,
    registry,
    alive: () => performance.now() - loop.movedAtMs() < LOOP_STUCK_AFTER_MS,
    empty: going.mayStop,
  }).catch(inWords(config.agentHost, config.agentPort, 'LEVEE_AGENT_PORT'))
  const { door } = config
  if (door) await branch.open(door).catch(inWords(door.host, door.port, 'LEVEE_LISTENER_PORT'))

  await watch.settled
  if (config.drainDeadlineSec > 0) leave = going.begin
  await loop.run()
}

/** Why nothing listens there; what is already a sentence for the operator stays. */
function inWords(host: string, port: number, variable: string) {
  return (error: unknown): never => {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    const isTaken = 'code' in error && error.code === 'EADDRINUSE'
    const why = isTaken ? 'is taken by another process' : 'cannot be used'
    throw new Error(`${host}:${port} ${why}: choose another ${variable}.`, { cause: error })
  }
}

/** LiveKit's own ports, if its process may be one of this machine. */
function localPorts({ livekitUrl, livekitMetricsUrl }: Config): number[] {
  const urls = [livekitUrl, livekitMetricsUrl]
  const local = urls.every(({ hostname }) => /^(localhost|127\..+|\[::1\])$/.test(hostname))
  return local ? urls.map(({ port, protocol }) => Number(port || (protocol === 'https:' ? 443 : 80))) : []
}

/** Carries out what the control plane wants: remembers and shows the state, sees to rooms, restarts LiveKit. */
function obeying(log: Logger, metrics: AgentMetrics, orders: RoomOrders, restarts: Restarting) {
  let state: Directive['state'] | undefined
  return (directive: Directive) => {
    if (directive.state !== state) {
      log.info({ from: state, to: directive.state }, `the node is ${directive.state}`)
      state = directive.state
      metrics.directive(state)
    }
    orders.take(directive)
    restarts.take(directive.restart === true)
  }
}

/** Logs the first of a row; the same reason may come back four times a second until LiveKit is up. */
function selfTestLog(log: Logger) {
  let last: string | undefined
  return {
    onFailure(error: unknown) {
      const reason = error instanceof Error ? error.message : 'unknown fault'
      if (reason === last) return
      last = reason
      log.warn({ reason }, 'LiveKit answers again but fails the self-test: it still counts as down')
    },
    onUp: () => (last = undefined),
  }
}

/** Counts every failed reading and logs the first of a row; the same reading may fail every two seconds. */
function readingLog(log: Logger, metrics: AgentMetrics) {
  const failing = new Map<ReadingName, string>()
  return {
    onFailure(reading: ReadingName, error: unknown) {
      metrics.readingFailed(reading)
      const reason = error instanceof Error ? error.message : 'unknown fault'
      if (failing.get(reading) === reason) return
      failing.set(reading, reason)
      log.warn({ reading, reason }, 'a reading failed; the last good one holds')
    },
    onSuccess(reading: ReadingName) {
      if (failing.delete(reading)) log.info({ reading }, 'the reading works again')
    },
  }
}

async function packageVersion(): Promise<string> {
  const content: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  const known = typeof content === 'object' && content !== null && 'version' in content
  return known && typeof content.version === 'string' ? content.version : 'unknown'
}
