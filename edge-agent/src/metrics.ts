import { collectDefaultMetrics, Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { NODE_STATES, type NodeState } from '@levee/control-plane/protocol/shapes/nodes'
import { stateName, type LivekitState } from './livekit/health.ts'
import type { Occupancy } from './livekit/occupancy.ts'
import type { OfflineMetrics } from './offline/offline-mode.ts'
import type { Order } from './orders/room-orders.ts'
import type { Reading, ReadingName } from './readings/readings.ts'
import { MISMATCHES } from './reporting/parse-answer.ts'
import type { ReportMetrics } from './reporting/report-loop.ts'

export type AgentMetrics = ReportMetrics &
  OfflineMetrics & {
    livekit(state: LivekitState): void
    directive(state: NodeState): void
    readingFailed(reading: ReadingName): void
    roomOrder(order: Order, done: boolean): void
    draining(occupancy: Occupancy): void
  }

/** The agent's own metrics, on the registry passed in. Base units; `_total` on counters only. */
export function agentMetrics(registry: Registry, version: string): AgentMetrics {
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'levee_agent_' })
  const gauge = (name: string, help: string) => new Gauge({ name: `levee_agent_${name}`, help, registers })
  const labelled = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge<L>({ name: `levee_agent_${name}`, help, labelNames, registers })
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter<L>({ name: `levee_agent_${name}_total`, help, labelNames, registers })

  labelled('build_info', 'Constant 1 with the version of the agent.', 'version').set({ version }, 1)
  const livekitUp = gauge('livekit_up', '1 while LiveKit answers.')
  const changes = counter('livekit_state_changes', 'Changes of LiveKit’s state by the new state.', 'state')
  const state = labelled('directive_state', '1 for the state that the control plane has ordered.', 'state')
  const enrolments = counter('enrolments', 'Enrolment attempts by outcome.', 'outcome')
  const reports = counter('reports', 'Reports by outcome.', 'outcome')
  const duration = new Histogram({
    name: 'levee_agent_report_duration_seconds',
    help: 'Time from sending a report to its answer or failure.',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3],
    registers,
  })
  const lastReport = gauge('last_report_timestamp_seconds', 'Unix time of the last accepted report.')
  const mismatches = labelled(
    'protocol_mismatch',
    '1 for the reason why this agent and the control plane do not work together.',
    'reason',
  )
  for (const reason of MISMATCHES) mismatches.set({ reason }, 0)
  const failures = counter('reading_failures', 'Failed readings; the last good one is used.', 'reading')
  const orders = counter(
    'room_orders',
    'Orders for rooms by outcome: drop (close), moved (clients rejoin, close when empty), changed (clients rejoin).',
    'order',
    'outcome',
  )
  const draining = gauge('draining', '1 once the node drains after SIGTERM.')
  const remaining = gauge('draining_participants', 'Participants who remain while the node drains.')
  const linkDown = gauge(
    'control_plane_link_down',
    '1 while the control plane cannot be reached and the listener answers by itself.',
  )
  const grantEnd = gauge(
    'offline_grant_expiry_timestamp_seconds',
    'Unix time at which the offline grant expires; 0: there is none.',
  )
  const answers = counter('listener_answers', 'Answers of the listener by their source.', 'by')
  const readings = readingMetrics(gauge)

  return {
    livekit(next) {
      livekitUp.set(next.up ? 1 : 0)
      changes.inc({ state: stateName(next) })
    },
    directive(next) {
      for (const name of NODE_STATES) state.set({ state: name }, name === next ? 1 : 0)
    },
    enrolment: (outcome) => enrolments.inc({ outcome }),
    report(outcome, tookMs) {
      reports.inc({ outcome })
      duration.observe(tookMs / 1_000)
      if (outcome === 'ok') lastReport.setToCurrentTime()
    },
    protocolMismatch(current) {
      for (const reason of MISMATCHES) mismatches.set({ reason }, reason === current ? 1 : 0)
    },
    reading: readings,
    readingFailed: (reading) => failures.inc({ reading }),
    roomOrder: (order, done) => orders.inc({ order, outcome: done ? 'done' : 'failed' }),
    draining(occupancy) {
      draining.set(1)
      remaining.set(occupancy.participants)
    },
    linkDown: (isDown) => linkDown.set(isDown ? 1 : 0),
    offlineGrant: (expiresAtMs) => grantEnd.set((expiresAtMs ?? 0) / 1_000),
    answered: (by) => answers.inc({ by }),
  }
}

/** Metrics of the host and of LiveKit, as last read. */
function readingMetrics(gauge: (name: string, help: string) => Gauge): (reading: Reading) => void {
  const rooms = gauge('rooms', 'Rooms on LiveKit, as last read.')
  const participants = gauge('participants', 'Participants in those rooms.')
  const resources = {
    cpuCores: 'cpu_cores',
    egressBytesPerSec: 'egress_bytes_per_second',
    packetsPerSec: 'packets_per_second',
    tracks: 'tracks',
  } as const
  const names = Object.keys(resources) as (keyof typeof resources)[]
  const perResource = (what: string, help: string) =>
    new Map(names.map((name) => [name, gauge(`${what}_${resources[name]}`, help)]))
  const load = perResource('load', 'Load of this node, as last read.')
  const capacity = perResource('capacity', 'Capacity of this node.')
  const busy = gauge('host_cpu_busy_ratio', 'Share of the host’s CPU time not idle, without steal.')
  const steal = gauge('host_cpu_steal_ratio', 'Share of the host’s CPU time taken by the hypervisor.')
  const used = gauge('host_memory_used_bytes', 'Memory in use, of the cgroup if it is limited.')
  const limit = gauge('host_memory_limit_bytes', 'Memory of the host, or the cgroup’s limit.')
  const transmit = gauge(
    'host_transmit_bytes_per_second',
    'Sent through the network card of the default route, by all processes.',
  )

  return (reading) => {
    if (reading.rooms) {
      rooms.set(reading.rooms.length)
      participants.set(reading.rooms.reduce((sum, room) => sum + room.participants, 0))
    }
    for (const name of names) {
      capacity.get(name)?.set(reading.capacity[name])
      if (reading.load) load.get(name)?.set(reading.load[name])
    }
    busy.set(reading.host.cpuBusy)
    steal.set(reading.host.cpuSteal)
    used.set(reading.host.memoryUsedBytes)
    limit.set(reading.host.memoryLimitBytes)
    if (reading.transmitBytesPerSec !== null) transmit.set(reading.transmitBytesPerSec)
  }
}
