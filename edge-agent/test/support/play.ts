/** Gives scripted answers of a control plane to the report loop; pauses are recorded instead of waited for. */
import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
import type { Directive, EnrolNode, NodeReport } from '@levee/control-plane/contract'
import { pino } from 'pino'
import { Registry } from 'prom-client'
import type { Outcome } from '../../src/reporting/control-plane-client.ts'
import { agentMetrics } from '../../src/metrics.ts'
import type { LivekitState } from '../../src/livekit/health.ts'
import type { CarriedRoom } from '@levee/control-plane/protocol/shapes/nodes'
import type { Reading } from '../../src/readings/readings.ts'
import { reportLoop, type ReportLoop } from '../../src/reporting/report-loop.ts'

export type Failure = Exclude<Outcome<never>, { kind: 'ok' }>

export const UNREACHABLE: Failure = { kind: 'unreachable', detail: 'ECONNREFUSED' }
export const STORE_DOWN: Failure = { kind: 'unavailable', status: 503, detail: 'The store is down.' }
export const refused = (status: number, code: string): Failure => ({
  kind: 'refused',
  status,
  code,
  detail: `${code}.`,
})
const none = { cpuCores: 0, egressBytesPerSec: 0, packetsPerSec: 0, tracks: 0 }
export const IDLE: Reading = {
  rooms: [],
  load: none,
  capacity: none,
  host: { cpuBusy: 0, cpuSteal: 0, memoryUsedBytes: 0, memoryLimitBytes: 0 },
  transmitBytesPerSec: null,
  startedAtSec: null,
}

export const DIRECTIVE: Directive = {
  protocol: PROTOCOL_VERSION,
  state: 'serving',
  drop: [],
  moved: [],
  changed: [],
  wholeRooms: false,
  reportEveryMs: 2_000,
}

export const ENROLMENT: EnrolNode = {
  protocol: PROTOCOL_VERSION,
  node: 'edge-1',
  site: 'berlin',
  url: 'wss://edge-1.example.org',
  apiKey: 'key',
  apiSecret: 's'.repeat(32),
  nodeSecret: 'n'.repeat(43),
  agentVersion: '0',
}

export type Played = {
  steps: string[]
  waits: number[]
  sent: NodeReport[]
  lines: { level: number; msg: string }[]
}

/** How a report ends: with a failure, successfully (undefined), or successfully with these fields in the directive. */
type Answer = Failure | Partial<Directive> | undefined

/**
 * Gives the answers in order; undefined is success. Returns the calls of the loop, the pauses after them, and the log.
 * `random` is where in its range each pause falls.
 */
export async function play(
  answers: { enrol?: (Failure | undefined)[]; report?: Answer[] },
  options: {
    random?: () => number
    livekit?: () => LivekitState
    /** Rooms on LiveKit, or null: the reading fails. Called once per reading. */
    rooms?: () => CarriedRoom[] | null
    joinsPerSec?: number
    onWait?: (loop: ReportLoop, signal: AbortSignal) => void
    onReport?: (loop: ReportLoop, signal: AbortSignal) => void
  } = {},
): Promise<Played> {
  const {
    random = () => 1,
    livekit = (): LivekitState => ({ up: true }),
    onWait = () => {},
    onReport = () => {},
  } = options
  const enrols = [...(answers.enrol ?? [])]
  const reports = [...(answers.report ?? [])]
  const played: Played = { steps: [], waits: [], sent: [], lines: [] }
  const loop = reportLoop({
    bootId: 'boot-0001',
    enrolment: ENROLMENT,
    joinsPerSec: options.joinsPerSec,
    controlPlane: {
      enrol: async () => {
        played.steps.push('enrol')
        return (
          enrols.shift() ?? {
            kind: 'ok',
            value: { protocol: PROTOCOL_VERSION, node: 'edge-1', seal: 's'.repeat(22), reportEveryMs: 2_000 },
          }
        )
      },
      report: async (report, signal) => {
        played.steps.push('report')
        played.sent.push(structuredClone(report))
        onReport(loop, signal)
        const answer = reports.shift()
        return answer && 'kind' in answer ? answer : { kind: 'ok', value: { ...DIRECTIVE, ...answer } }
      },
    },
    livekitState: livekit,
    readings: {
      take: async (up) => ({ ...IDLE, rooms: up ? (options.rooms ?? (() => []))() : null }),
      withoutLivekit: () => ({ ...IDLE, rooms: null }),
    },
    apply: () => {},
    metrics: agentMetrics(new Registry(), '0'),
    log: pino({ base: null }, { write: (line) => played.lines.push(JSON.parse(line)) }),
    random,
    wait: async (ms, signal) => {
      played.waits.push(ms)
      onWait(loop, signal)
      if (enrols.length === 0 && reports.length === 0) loop.stop()
    },
  })
  await loop.run()
  return played
}
