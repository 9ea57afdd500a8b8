// A whole run: a fleet, its faults, and people who meet on it.
import { type Agent, powerCut } from './agents.ts'
import { FAULTS, type FaultEvent } from './faults.ts'
import { type Fleet, type FleetOptions, openFleet } from './fleet.ts'
import { crash } from './machines.ts'
import { type People, noPeople, openPeople } from './people.ts'
import { callRoll, comparePicture } from './convergence.ts'
import { type PlannedEvent, type RunPlan, planRun } from './plan.ts'
import { seeded } from '@levee/deploy/seeded-random'
import type { Summary } from './summary.ts'
import { openWire } from '../lib/http-wire.ts'

export interface SimulationOptions extends FleetOptions, RunPlan {
  operatorKey: string
}

const CONNECTIONS = 64
const TIMEOUT_MS = 10_000
const SAMPLE_MS = 1_000

export async function simulate(options: SimulationOptions): Promise<Summary> {
  const { urls, operatorKey, seconds, signal } = options
  const fleet = openFleet(options)
  const wires = urls.map((url) => openWire({ url, connections: CONNECTIONS, timeoutMs: TIMEOUT_MS }))
  const people = noPeople()
  const crowd = openPeople({
    wires,
    schedule: fleet.schedule,
    truth: fleet.truth,
    random: seeded(options.seed, 'people'),
    counts: people,
  })
  try {
    const enrolSec = await fleet.enrol()
    await fleet.heard(1)
    fleet.upset(options.rates)
    const plan = planRun(options)
    const started = { cpu: process.cpuUsage(), ms: performance.now(), taken: fleet.counts.taken }
    const played: PlannedEvent[] = []
    const loads = play(fleet, crowd, plan, played)
    await pass(fleet, seconds, signal)
    const cpu = process.cpuUsage(started.cpu)
    const ranSec = (performance.now() - started.ms) / 1_000
    const reports = fleet.counts.taken - started.taken
    const endLoad = fleet.truth.load()
    await settle(fleet, crowd)
    await comparePicture({ wire: wires[0]!, operatorKey, truth: fleet.truth, agents: fleet.agents })
    const rollCalled = await callRoll(fleet.truth, crowd)
    fleet.throwFault()
    return {
      nodes: options.nodes,
      sites: options.sites,
      seed: options.seed,
      seconds,
      enrolSec,
      reports: { ...fleet.counts, perSec: reports / ranSec },
      people,
      faults: tally(plan),
      load: {
        mean: endLoad.mean,
        meanAtMost: Math.max(0, ...loads.map(({ mean }) => mean)),
        max: fleet.truth.peak(),
      },
      rollCalled,
      simulatorCores: (cpu.user + cpu.system) / 1e6 / ranSec,
      violations: fleet.truth.violations,
      violated: fleet.truth.violated,
      played,
    }
  } finally {
    fleet.close()
    for (const wire of wires) wire.close()
  }
}

type Load = { mean: number; max: number }

function play(fleet: Fleet, crowd: People, plan: readonly PlannedEvent[], played: PlannedEvent[]): Load[] {
  const { schedule, truth } = fleet
  const loads: Load[] = []
  const afflicted = new Set<Agent>()
  for (const event of plan)
    schedule.after(event.atMs, () => {
      played.push(event)
      if (event.kind === 'fault') strike(fleet, event.fault, afflicted)
      else crowd.play(event.room)
    })
  const sample = () => {
    loads.push(truth.load())
    schedule.after(SAMPLE_MS, sample)
  }
  sample()
  return loads
}

function strike(fleet: Fleet, { fault, forMs, among }: FaultEvent, afflicted: Set<Agent>): void {
  const agent = among
    .map((i) => fleet.agents[i])
    .filter((one) => one !== undefined && !afflicted.has(one))
    .toSorted((a, b) => (b?.machine.people ?? 0) - (a?.machine.people ?? 0))[0]
  if (!agent) return
  afflicted.add(agent)
  const { machine } = agent
  if (fault === 'silent crash') powerCut(agent)
  else if (fault === 'crash with word') {
    crash(machine)
    agent.urge()
  } else agent.mute()
  fleet.schedule.after(forMs, () => {
    afflicted.delete(agent)
    machine.up = true
    if (fault === 'silent crash' || fault === 'agent restart') agent.reboot()
    if (fault === 'crash with word') agent.urge()
    else agent.unmute()
  })
}

/** Nothing moves any more, and everybody has been heard since. */
async function settle(fleet: Fleet, crowd: People): Promise<void> {
  crowd.freeze()
  fleet.upset(FAULTS.none)
  // Who has just been told to drop a room says so with the report after.
  await fleet.heard(3)
  await fleet.hush()
}

/** As long as it takes, unless stopped or failed. */
async function pass(fleet: Fleet, seconds: number, signal?: AbortSignal): Promise<void> {
  const endMs = fleet.schedule.nowMs() + seconds * 1_000
  while (fleet.schedule.nowMs() < endMs) {
    signal?.throwIfAborted()
    fleet.throwFault()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function tally(plan: readonly PlannedEvent[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const event of plan)
    if (event.kind === 'fault') counts[event.fault.fault] = (counts[event.fault.fault] ?? 0) + 1
  return counts
}
