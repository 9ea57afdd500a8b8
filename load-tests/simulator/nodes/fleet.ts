// A fleet of machines with their agents, enrolled with real control plane replicas.
import { until } from '@levee/deploy/until'
import { type Wire, openWire } from '../../lib/http-wire.ts'
import { type Invariants, openInvariants } from '../invariants.ts'
import { type Schedule, openSchedule } from '../schedule.ts'
import { REPORT_CONNECTIONS, REPORT_TIMEOUT_MS } from '../tuning.ts'
import { type Agent, type ReportCounts, noReportCounts, openAgent } from './agent.ts'
import { type EnrolOptions, enrolAll } from './enrolment.ts'
import { FAULTS, type FaultRates } from './faults.ts'
import { type FleetPlan, buildMachine, planFleet } from './machine.ts'

export interface FleetOptions extends FleetPlan, EnrolOptions {}

export interface Fleet {
  agents: readonly Agent[]
  invariants: Invariants
  schedule: Schedule
  /** One to each replica. */
  wires: readonly Wire[]
  counts: ReportCounts
  /** Returns the seconds that it took. */
  enrol(): Promise<number>
  /** At first nothing goes wrong. */
  setFaultRates(rates: FaultRates): void
  /** Resolves when `times` more reports of every agent have been accepted. */
  allReported(times: number): Promise<void>
  /** Resolves when no agent sends reports any more, and the last ones have been answered. */
  stopReports(): Promise<void>
  close(): void
  /** Throws the error that the simulator itself ran into, if any. */
  throwOwnError(): void
}

export function openFleet(options: FleetOptions): Fleet {
  const { seed, urls, signal, reportEveryMs } = options
  let ownError: unknown
  const schedule = openSchedule((error) => (ownError ??= error))
  const machines = planFleet(options).map(buildMachine)
  const invariants = openInvariants(new Map(machines.map((machine) => [machine.node, machine])))
  const wires = urls.map((url) =>
    openWire({ url, connections: REPORT_CONNECTIONS, timeoutMs: REPORT_TIMEOUT_MS }),
  )
  const counts = noReportCounts()
  const rates: FaultRates = { ...FAULTS.none }
  const deps = { wires, schedule, invariants, rates, seed, reportEveryMs, counts }
  const agents = machines.map((machine) => openAgent(machine, deps))

  return {
    agents,
    invariants,
    schedule,
    wires,
    counts,
    async enrol() {
      const startedMs = performance.now()
      await enrolAll(agents, options)
      return (performance.now() - startedMs) / 1_000
    },
    setFaultRates({ reports }) {
      rates.reports = reports
    },
    async allReported(times) {
      const wanted = agents.map((agent) => agent.acceptedReports() + times)
      await until(() => agents.every((agent, i) => agent.acceptedReports() >= (wanted[i] ?? 0)), {
        what: 'a report of every node',
        timeoutMs: 60_000,
        everyMs: 50,
        ...(signal && { signal }),
      })
    },
    async stopReports() {
      for (const agent of agents) agent.stop()
      const quiet = () => wires.every((wire) => wire.pending() === 0)
      await until(quiet, { what: 'the last answer', timeoutMs: 10_000, ...(signal && { signal }) })
    },
    close() {
      schedule.stop()
      for (const wire of wires) wire.close()
    },
    throwOwnError() {
      if (ownError !== undefined) throw ownError
    },
  }
}
