import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { Registry } from 'prom-client'
import type { Config } from './config.ts'
import { nodeDrain } from './drain/drain.ts'
import { stopNotice } from './drain/stop-notice.ts'
import { watchLivekit } from './livekit/health.ts'
import { livekitRooms } from './livekit/livekit-rooms.ts'
import { countOccupancy } from './livekit/occupancy.ts'
import { livekitProcess, localPorts } from './livekit/process.ts'
import { livekitReader } from './livekit/reader.ts'
import { livekitRestart } from './livekit/restart.ts'
import { livekitSelfTest, logSelfTests } from './livekit/self-test.ts'
import { agentMetrics } from './metrics.ts'
import { openOfflineMode } from './offline/offline-mode.ts'
import { directiveApplier } from './orders/apply-directive.ts'
import { roomOrders } from './orders/room-orders.ts'
import { hostReader } from './readings/host.ts'
import { logReadings } from './readings/log-readings.ts'
import { startReadings } from './readings/readings.ts'
import { controlPlaneClient } from './reporting/control-plane-client.ts'
import { nodeSecret } from './reporting/identity.ts'
import { reportLoop } from './reporting/report-loop.ts'
import { lockState } from './state-lock.ts'
import { startStatusServer } from './status-server.ts'
import { LOOP_STUCK_AFTER_MS } from './tuning/process.ts'

export type Agent = {
  /** Enrols and reports until the process ends. */
  run(): Promise<void>
  /** Drains the node; resolves when the agent may exit. */
  drain(): Promise<void>
}

/**
 * Builds and connects the parts of the agent. Opens its servers and waits for the first verdict on LiveKit. Rejects
 * with a sentence for the operator when the machine or the configuration has to be corrected.
 */
export async function startAgent(config: Config, version: string, log: Logger): Promise<Agent> {
  const { node, site, stateDir, controlPlaneUrl, joinsPerSec } = config
  const registry = new Registry()
  const metrics = agentMetrics(registry, version)
  const secret = await nodeSecret(stateDir, node)
  await lockState(stateDir, node, log)
  const key = { apiKey: config.livekitApiKey, apiSecret: config.livekitApiSecret }
  const access = { url: config.livekitUrl, ...key }
  const livekit = livekitReader({ ...access, metricsUrl: config.livekitMetricsUrl })
  const rooms = livekitRooms(access)
  /** Replaced by the report loop's own as soon as there is one. */
  let reportNow = () => {}

  const process = livekitProcess(localPorts(config.livekitUrl, config.livekitMetricsUrl), (pid) => {
    if (pid === undefined) log.info('LiveKit’s process is not visible: a hang is detected after 2 s')
    else log.info({ pid }, 'LiveKit’s process is visible: a stopped process is detected within 0.6 s')
  })
  const selfTests = logSelfTests(log)
  const health = watchLivekit({
    url: config.livekitUrl,
    process,
    selfTest: livekitSelfTest(access),
    onChange(state) {
      if (state.up) {
        selfTests.passed()
        log.info('LiveKit answers')
      } else {
        log.warn(state.why === 'exited' ? 'LiveKit has exited: nothing listens' : 'LiveKit hangs: no answer')
      }
      metrics.livekit(state)
      reportNow()
    },
    onSelfTestFailed: selfTests.failed,
  })

  const { readings, shape, scope } = await startReadings({
    livekit,
    hostReader: hostReader(),
    scope: config.cpuScope,
    overrides: config.capacity,
    ...logReadings(log, metrics.readingFailed),
  })
  log.info({ version, cpuScope: scope, ...shape }, 'edge agent started')

  const offline = await openOfflineMode({
    own: { node, site, url: config.nodeUrl, ...key },
    stateDir,
    controlPlaneUrl,
    controlPlane: controlPlaneClient({
      url: controlPlaneUrl,
      node,
      enrolmentKey: config.enrolmentKey,
      nodeSecret: secret,
    }),
    livekit,
    rooms,
    joinsPerSec,
    reportNow: () => reportNow(),
    metrics,
    log,
  })
  const occupancy = {
    livekitDown: () => health.state()?.up === false,
    countOccupancy: () => countOccupancy({ rooms: livekit.rooms, participantsIn: rooms.participantsIn }),
  }
  const restart = livekitRestart({ ...occupancy, process, log })
  const orders = roomOrders({ rooms, log, onDone: metrics.roomOrder })
  const loop = reportLoop({
    bootId: randomUUID(),
    enrolment: {
      protocol: PROTOCOL_VERSION,
      node,
      site,
      ...(config.zone !== undefined && { zone: config.zone }),
      url: config.nodeUrl,
      ...key,
      nodeSecret: secret,
      agentVersion: version,
    },
    controlPlane: offline.observed,
    livekitState: health.state,
    readings: offline.measured(readings),
    joinsPerSec,
    offlineGrantSec: offline.offlineGrantSec,
    cannotRestart: restart.cannot,
    apply: directiveApplier({ orders, restart, onState: metrics.directive, log }),
    metrics,
    log,
  })
  reportNow = loop.reportNow
  const drain = nodeDrain({
    withinMs: config.drainDeadlineSec * 1_000,
    ...occupancy,
    reports: loop,
    onOccupancy: metrics.draining,
    sendStopNotice: stopNotice({ livekit, rooms, log }),
    log,
  })

  await startStatusServer({
    host: config.agentHost,
    port: config.agentPort,
    registry,
    isAlive: () => performance.now() - loop.lastStepAtMs() < LOOP_STUCK_AFTER_MS,
    stopStatus: drain.stopStatus,
  }).catch(explainListenError(config.agentHost, config.agentPort, 'LEVEE_AGENT_PORT'))
  const { listener } = config
  if (listener)
    await offline
      .listen(listener)
      .catch(explainListenError(listener.host, listener.port, 'LEVEE_LISTENER_PORT'))

  await health.settled
  return { run: loop.run, drain: drain.begin }
}

/** Rejects with why nothing can listen there; an error that is already a sentence stays as it is. */
function explainListenError(host: string, port: number, variable: string) {
  return (error: unknown): never => {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    const isTaken = 'code' in error && error.code === 'EADDRINUSE'
    const why = isTaken ? 'is taken by another process' : 'cannot be used'
    throw new Error(`${host}:${port} ${why}: choose another ${variable}.`, { cause: error })
  }
}
