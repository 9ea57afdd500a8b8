// A whole run: a fleet, its faults, and participants who meet on it.
import { seeded } from '@levee/deploy/seeded-random'
import { openWire } from '../lib/http-wire.ts'
import { checkLocations, compareView } from './convergence.ts'
import type { Agent } from './nodes/agent.ts'
import { FAULTS, type FaultEvent } from './nodes/faults.ts'
import { type Fleet, type FleetOptions, openFleet } from './nodes/fleet.ts'
import { crash } from './nodes/machine.ts'
import { noParticipantCounts } from './participants/counts.ts'
import { type Participants, openParticipants } from './participants/participants.ts'
import { type PlannedEvent, type RunPlan, planRun } from './plan.ts'
import type { Summary } from './summary.ts'
import { PARTICIPANT_CONNECTIONS, PARTICIPANT_TIMEOUT_MS, LOAD_SAMPLE_MS } from './tuning.ts'

export interface SimulationOptions extends FleetOptions, RunPlan {
  operatorKey: string
}

export async function simulate(options: SimulationOptions): Promise<Summary> {
  const { urls, operatorKey, seconds, signal } = options
  const fleet = openFleet(options)
  const { invariants, schedule } = fleet
  const wires = urls.map((url) =>
    openWire({ url, connections: PARTICIPANT_CONNECTIONS, timeoutMs: PARTICIPANT_TIMEOUT_MS }),
  )
  const counts = noParticipantCounts()
  const random = seeded(options.seed, 'participants')
  const participants = openParticipants({ wires, schedule, invariants, random, counts, operatorKey })
  try {
    const enrolSec = await fleet.enrol()
    await fleet.allReported(1)
    fleet.setFaultRates(options.rates)
    const plan = planRun(options)
    const started = { cpu: process.cpuUsage(), ms: performance.now(), accepted: fleet.counts.accepted }
    const played: PlannedEvent[] = []
    const loads = play(fleet, participants, plan, played)
    await pass(fleet, seconds, signal)
    const cpu = process.cpuUsage(started.cpu)
    const ranSec = (performance.now() - started.ms) / 1_000
    const reports = fleet.counts.accepted - started.accepted
    const endLoad = invariants.load()
    await settle(fleet, participants)
    await compareView({ wire: wires[0]!, operatorKey, invariants, agents: fleet.agents })
    const locationsChecked = await checkLocations(invariants, participants)
    fleet.throwOwnError()
    return {
      nodes: options.nodes,
      sites: options.sites,
      seed: options.seed,
      seconds,
      enrolSec,
      reports: { ...fleet.counts, perSec: reports / ranSec },
      participants: counts,
      faults: countFaults(plan),
      load: {
        mean: endLoad.mean,
        highestMean: Math.max(0, ...loads.map(({ mean }) => mean)),
        max: invariants.peak(),
      },
      locationsChecked,
      simulatorCores: (cpu.user + cpu.system) / 1e6 / ranSec,
      violations: invariants.violations,
      violated: invariants.violated,
      played,
    }
  } finally {
    fleet.close()
    for (const wire of wires) wire.close()
  }
}

/** Starts the plan. `played` and the returned loads fill up while it runs. */
function play(
  fleet: Fleet,
  participants: Participants,
  plan: readonly PlannedEvent[],
  played: PlannedEvent[],
): { mean: number; max: number }[] {
  const { schedule, invariants } = fleet
  const loads: { mean: number; max: number }[] = []
  const faulty = new Set<Agent>()
  for (const event of plan)
    schedule.after(event.atMs, () => {
      played.push(event)
      if (event.kind === 'fault') inject(fleet, event.fault, faulty)
      else participants.play(event.room)
    })
  const sample = () => {
    loads.push(invariants.load())
    schedule.after(LOAD_SAMPLE_MS, sample)
  }
  sample()
  return loads
}

function inject(fleet: Fleet, { fault, forMs, candidates }: FaultEvent, faulty: Set<Agent>): void {
  const agent = candidates
    .map((i) => fleet.agents[i])
    .filter((one) => one !== undefined && !faulty.has(one))
    .toSorted((a, b) => (b?.machine.people ?? 0) - (a?.machine.people ?? 0))[0]
  if (!agent) return
  faulty.add(agent)
  const { machine } = agent
  if (fault === 'LiveKit crash') {
    crash(machine)
    agent.reportNow()
  } else {
    agent.disconnect()
    if (fault === 'power cut') crash(machine)
  }
  fleet.schedule.after(forMs, () => {
    faulty.delete(agent)
    machine.up = true
    if (fault === 'power cut' || fault === 'agent restart') agent.restart()
    if (fault === 'LiveKit crash') agent.reportNow()
    else agent.reconnect()
  })
}

/** Waits until nothing changes any more and every node has reported since. */
async function settle(fleet: Fleet, participants: Participants): Promise<void> {
  participants.freeze()
  fleet.setFaultRates(FAULTS.none)
  // A node that has just been asked to drop a room reports so one period later.
  await fleet.allReported(3)
  await fleet.stopReports()
}

async function pass(fleet: Fleet, seconds: number, signal?: AbortSignal): Promise<void> {
  const endMs = fleet.schedule.nowMs() + seconds * 1_000
  while (fleet.schedule.nowMs() < endMs) {
    signal?.throwIfAborted()
    fleet.throwOwnError()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function countFaults(plan: readonly PlannedEvent[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const event of plan)
    if (event.kind === 'fault') counts[event.fault.fault] = (counts[event.fault.fault] ?? 0) + 1
  return counts
}
