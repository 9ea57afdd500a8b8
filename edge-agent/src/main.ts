import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Directive } from '@levee/control-plane/contract'
import { pino, type Logger } from 'pino'
import { Registry } from 'prom-client'
import { readConfig, type Config } from './config.ts'
import { controlPlane } from './control-plane.ts'
import { roomDropper } from './drop-rooms.ts'
import { serveAgent } from './http.ts'
import { nodeSecret } from './identity.ts'
import { agentMetrics, type AgentMetrics } from './metrics.ts'
import { hostReader } from './readings/host.ts'
import { watchLivekit } from './readings/livekit-watch.ts'
import { livekitReader } from './readings/livekit.ts'
import { startReadings, type ReadingName } from './readings/readings.ts'
import { reportLoop } from './report-loop.ts'
import { LOOP_STUCK_AFTER_MS } from './tuning.ts'

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
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  // Nothing is owed to anybody: the control plane notices the silence, LiveKit goes on.
  process.once(name, () => {
    log.info({ signal: name }, 'edge agent stops')
    process.exit(0)
  })
}
await start(config, log).catch((error: unknown) => {
  log.fatal(error instanceof Error ? error.message : 'the agent cannot start')
  process.exit(EXIT_SETUP)
})

async function start(config: Config, log: Logger): Promise<void> {
  const version = await packageVersion()
  const registry = new Registry()
  const metrics = agentMetrics(registry, version)
  const secret = await nodeSecret(config.stateDir, config.node)
  const livekit = livekitReader({
    url: config.livekitUrl,
    metricsUrl: config.livekitMetricsUrl,
    apiKey: config.livekitApiKey,
    apiSecret: config.livekitApiSecret,
  })

  let urge = () => {}
  const watch = watchLivekit(config.livekitUrl, (state) => {
    if (state.up) log.info('LiveKit answers')
    else log.warn(state.why === 'exited' ? 'LiveKit is gone: nothing listens' : 'LiveKit hangs: no answer')
    metrics.livekit(state)
    urge()
  })

  const { readings, shape, scope } = await startReadings({
    livekit,
    hostReader: hostReader(),
    scope: config.cpuScope,
    overrides: config.capacity,
    ...readingLog(log, metrics),
  })
  log.info({ version, cpuScope: scope, ...shape }, 'edge agent started')

  const loop = reportLoop({
    bootId: randomUUID(),
    enrolment: {
      node: config.node,
      site: config.site,
      ...(config.zone !== undefined && { zone: config.zone }),
      url: config.nodeUrl,
      apiKey: config.livekitApiKey,
      apiSecret: config.livekitApiSecret,
      nodeSecret: secret,
      agentVersion: version,
    },
    controlPlane: controlPlane({
      url: config.controlPlaneUrl,
      node: config.node,
      enrolmentKey: config.enrolmentKey,
      nodeSecret: secret,
    }),
    livekitState: watch.state,
    readings,
    joinsPerSec: config.joinsPerSec,
    obey: obeying(log, metrics, roomDropper({ endRoom: livekit.endRoom, log, onDrop: metrics.dropped })),
    metrics,
    log,
  })
  urge = loop.urge

  await serveAgent({
    host: config.agentHost,
    port: config.agentPort,
    registry,
    alive: () => performance.now() - loop.movedAtMs() < LOOP_STUCK_AFTER_MS,
  }).catch((error: unknown) => {
    const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    const why = busy ? 'is taken by another process' : 'cannot be used'
    throw new Error(`${config.agentHost}:${config.agentPort} ${why}: choose another LEVEE_AGENT_PORT.`)
  })

  await watch.settled
  await loop.run()
}

/** Carries out what the control plane wants: remembers and shows the state, ends rooms that are not ours. */
function obeying(log: Logger, metrics: AgentMetrics, drop: (names: readonly string[]) => void) {
  let state: Directive['state'] | undefined
  return (directive: Directive) => {
    if (directive.state !== state) {
      log.info({ from: state, to: directive.state }, `the node is ${directive.state}`)
      state = directive.state
      metrics.directive(state)
    }
    drop(directive.drop)
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
