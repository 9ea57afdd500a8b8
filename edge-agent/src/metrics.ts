import { collectDefaultMetrics, Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Directive } from '@levee/control-plane/contract'
import type { Outcome } from './reporting/control-plane-client.ts'
import { word, type LivekitState } from './livekit/health.ts'
import type { Reading, ReadingName } from './readings/readings.ts'
import type { Order } from './orders/room-orders.ts'
import type { WhoIsHere } from './livekit/count-people.ts'

type Kind = Outcome<unknown>['kind']

export type AgentMetrics = ReturnType<typeof agentMetrics>

/** The agent's own metrics, on the registry passed in. Base units; `_total` on counters only. */
export function agentMetrics(registry: Registry, version: string) {
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'levee_agent_' })
  const gauge = (name: string, help: string) => new Gauge({ name: `levee_agent_${name}`, help, registers })
  const labelled = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge<L>({ name: `levee_agent_${name}`, help, labelNames, registers })
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter<L>({ name: `levee_agent_${name}_total`, help, labelNames, registers })

  labelled('build_info', 'Constant 1 with the version of the agent.', 'version').set({ version }, 1)
  const livekitUp = gauge('livekit_up', '1 while LiveKit answers.')
  const changes = counter('livekit_state_changes', 'Changes of LiveKit’s state by what it became.', 'state')
  const state = labelled('directive_state', '1 for the state the control plane wants of this node.', 'state')
  const enrolments = counter('enrolments', 'Enrolment attempts by how they ended.', 'outcome')
  const reports = counter('reports', 'Reports by how they ended.', 'outcome')
  const duration = new Histogram({
    name: 'levee_agent_report_duration_seconds',
    help: 'Time from sending a report to its answer or failure.',
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3],
    registers,
  })
  const lastReport = gauge('last_report_timestamp_seconds', 'Unix time of the last report that was taken.')
  const failures = counter('reading_failures', 'Readings that failed; the last good one holds.', 'reading')
  const orders = counter(
    'room_orders',
    'Orders for rooms: drop (close), moved (call its people, close when empty), changed (call), by outcome.',
    'order',
    'outcome',
  )
  const leaving = gauge('leaving', '1 once the node leaves.')
  const stillHere = gauge('leaving_participants', 'People still here while the node leaves.')
  const lineCut = gauge(
    'line_cut',
    '1 while the control plane is not reached and the branch’s door answers alone.',
  )
  const rulesEnd = gauge(
    'offline_grant_expiry_timestamp_seconds',
    'Unix time until which the branch may go on alone when the line is cut; 0: not at all.',
  )
  const answers = counter('door_answers', 'Answers of the branch’s door by who gave them.', 'by')
  const rooms = gauge('rooms', 'Rooms LiveKit carries, as last read.')
  const participants = gauge('participants', 'People in those rooms.')
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
  const capacity = perResource('capacity', 'What this node can bear.')
  const busy = gauge('host_cpu_busy_ratio', 'Share of the host’s CPU time not idle, without steal.')
  const steal = gauge('host_cpu_steal_ratio', 'Share of the host’s CPU time taken by the hypervisor.')
  const used = gauge('host_memory_used_bytes', 'Memory in use, of the cgroup where it is limited.')
  const limit = gauge('host_memory_limit_bytes', 'Memory of the host, or the cgroup’s limit.')
  const transmit = gauge(
    'host_transmit_bytes_per_second',
    'Sent through the card of the default route, by all processes.',
  )

  return {
    livekit(next: LivekitState) {
      livekitUp.set(next.up ? 1 : 0)
      changes.inc({ state: word(next) })
    },
    directive(next: Directive['state']) {
      for (const name of ['serving', 'cordoned', 'draining'])
        state.set({ state: name }, name === next ? 1 : 0)
    },
    enrolment: (outcome: Kind) => enrolments.inc({ outcome }),
    report(outcome: Kind, tookMs: number) {
      reports.inc({ outcome })
      duration.observe(tookMs / 1_000)
      if (outcome === 'ok') lastReport.setToCurrentTime()
    },
    readingFailed: (reading: ReadingName) => failures.inc({ reading }),
    roomOrder: (order: Order, done: boolean) => orders.inc({ order, outcome: done ? 'done' : 'failed' }),
    leaving(people: WhoIsHere) {
      leaving.set(1)
      stillHere.set(people.participants)
    },
    line: (isCut: boolean) => lineCut.set(isCut ? 1 : 0),
    aloneRules: (expireAtMs: number | undefined) => rulesEnd.set((expireAtMs ?? 0) / 1_000),
    answered: (by: 'control-plane' | 'branch') => answers.inc({ by }),
    reading(reading: Reading) {
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
    },
  }
}
