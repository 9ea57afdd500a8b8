// A fleet of machines with their agents, enrolled with real replicas.
import type { EnrolNode, Enrolled } from '@levee/control-plane/contract'
import { until } from '../../deploy/stack/until.ts'
import { type Agent, type ReportCounts, noCounts, openAgent } from './agents.ts'
import { FAULTS, type FaultRates } from './faults.ts'
import { type FleetPlan, type Machine, type MachineSpec, buildMachine, planFleet } from './machines.ts'
import { type Schedule, openSchedule } from './schedule.ts'
import { type Truth, openTruth } from './invariants.ts'
import { type Wire, json, openWire } from '../lib/http-wire.ts'

export interface FleetOptions extends FleetPlan {
  urls: readonly string[]
  enrolmentKey: string
  /** Instead of what the directives say. */
  reportEveryMs?: number | undefined
  signal?: AbortSignal | undefined
}

export interface Fleet {
  agents: readonly Agent[]
  truth: Truth
  schedule: Schedule
  /** One to each replica. */
  wires: readonly Wire[]
  counts: ReportCounts
  /** Enrols everybody; each starts to report as soon as it is enrolled. Resolves with the seconds it took. */
  enrol(): Promise<number>
  /** How much goes wrong from now on; at first nothing does. */
  upset(rates: FaultRates): void
  /** Every agent has been heard `times` times from now on. */
  heard(times: number): Promise<void>
  /** Nobody reports any more, and what was sent has been answered. */
  hush(): Promise<void>
  close(): void
  /** Throws what went wrong inside the simulator itself. */
  throwFault(): void
}

/** To each replica. Agents have one each; these are enough that no report waits for another's answer. */
const CONNECTIONS = 256
const TIMEOUT_MS = 3_000
const ENROLLING_SITES = 12
/** The control plane takes 600 enrolments a minute from one address: larger sites come from several. */
const NODES_PER_ADDRESS = 500

export function openFleet(options: FleetOptions): Fleet {
  const { seed, urls, signal } = options
  let fault: unknown
  const failed = (error: unknown) => (fault ??= error)
  const schedule = openSchedule(failed)
  const machines = planFleet(options).map(buildMachine)
  const truth = openTruth(new Map(machines.map((machine) => [machine.node, machine])))
  const wires = urls.map((url) => openWire({ url, connections: CONNECTIONS, timeoutMs: TIMEOUT_MS }))
  const counts = noCounts()
  const rates: FaultRates = { ...FAULTS.none }
  const { reportEveryMs } = options
  const deps = { wires, schedule, truth, rates, seed, reportEveryMs, counts }
  const agents = machines.map((machine) => openAgent(machine, deps))

  const fleet: Fleet = {
    agents,
    truth,
    schedule,
    wires,
    counts,
    async enrol() {
      const startedMs = performance.now()
      const groups = byAddress(agents)
      const worker = async (url: string) => {
        for (let group = groups.pop(); group; group = groups.pop()) {
          signal?.throwIfAborted()
          await enrolGroup(group, url)
        }
      }
      await Promise.all(
        Array.from({ length: ENROLLING_SITES }, (_, i) => worker(urls[i % urls.length] ?? '')),
      )
      return (performance.now() - startedMs) / 1_000
    },
    upset({ reports }) {
      rates.reports = reports
    },
    async heard(times) {
      const wanted = agents.map((agent) => agent.taken() + times)
      await until(() => agents.every((agent, i) => agent.taken() >= (wanted[i] ?? 0)), {
        what: 'a report of every node',
        timeoutMs: 60_000,
        everyMs: 50,
        ...(signal && { signal }),
      })
    },
    async hush() {
      for (const agent of agents) agent.rest()
      const quiet = () => wires.every((wire) => wire.pending() === 0)
      await until(quiet, { what: 'the last answer', timeoutMs: 10_000, ...(signal && { signal }) })
    },
    close() {
      schedule.stop()
      for (const wire of wires) wire.close()
    },
    throwFault() {
      if (fault !== undefined) throw fault
    },
  }

  async function enrolGroup({ address, members }: Group, url: string): Promise<void> {
    const wire = openWire({ url, connections: 1, timeoutMs: 10_000, localAddress: address })
    const call = wire.call('POST', '/v1/nodes/enrol', options.enrolmentKey)
    try {
      for (const agent of members) {
        const reply = await wire.send(call, json(enrolmentOf(agent.machine)))
        if (reply.status !== 200) throw new Error(`enrolment answered ${reply.status}: ${reply.body}`)
        agent.start(reportEveryMs ?? (JSON.parse(reply.body) as Enrolled).reportEveryMs)
      }
    } finally {
      wire.close()
    }
  }

  return fleet
}

interface Group {
  /** Each site comes from an address of its own, as branches do. */
  address: string
  members: Agent[]
}

function byAddress(agents: readonly Agent[]): Group[] {
  const sites = new Map<string, Agent[]>()
  for (const agent of agents) {
    const members = sites.get(agent.machine.site)
    if (members) members.push(agent)
    else sites.set(agent.machine.site, [agent])
  }
  const parts = [...sites.values()].flatMap((members) =>
    Array.from({ length: Math.ceil(members.length / NODES_PER_ADDRESS) }, (_, i) =>
      members.slice(i * NODES_PER_ADDRESS, (i + 1) * NODES_PER_ADDRESS),
    ),
  )
  return parts.map((members, i) => ({ address: `127.${16 + (i >> 8)}.${i & 255}.1`, members }))
}

export function enrolmentOf(machine: MachineSpec | Machine): EnrolNode {
  const { node, site, zone, secret } = machine
  return {
    node,
    site,
    zone,
    url: `wss://${node}.example.org`,
    apiKey: `key-${node}`,
    apiSecret: `livekit-${secret}`,
    nodeSecret: secret,
    agentVersion: 'simulated',
  }
}
