// What a run came to, on one screen.
import type { ReportCounts } from './agents.ts'
import type { PeopleCounts } from './people.ts'
import type { PlannedEvent } from './plan.ts'
import { type Violation, percent } from './invariants.ts'

export interface Summary {
  nodes: number
  sites: number
  seed: number
  seconds: number
  enrolSec: number
  reports: ReportCounts & { perSec: number }
  people: PeopleCounts
  /** Planned, by kind. */
  faults: Record<string, number>
  /** True load over capacity: of the fleet at the end and at most, of the fullest node at its worst moment. */
  load: { mean: number; meanAtMost: number; max: { load: number; node: string } }
  rollCalled: number
  /** CPU of the simulator, in cores. */
  simulatorCores: number
  violations: Violation[]
  violated: number
  /** What the plan made happen, in the order in which it did. */
  played: PlannedEvent[]
}

const SHOWN = 12

export function describe(s: Summary): string {
  const { reports, people, load } = s
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none'
  const lines = [
    `fleet      ${s.nodes} nodes in ${s.sites} sites, seed ${s.seed}; enrolled in ${s.enrolSec.toFixed(1)} s`,
    `reports    ${reports.taken} taken (${reports.perSec.toFixed(0)}/s), ${reports.refused} refused, ${reports.unanswered} unanswered`,
    `           ${list(reports.fates)}`,
    `faults     ${list(s.faults)}`,
    `rooms      ${people.rooms} made, ${people.ended} ended by a host, ${reports.dropped} dropped by nodes when told`,
    `joins      ${people.joined} (${(people.joined / s.seconds).toFixed(0)}/s), ${people.rejoined} came back, ${people.left} left`,
    `refused    ${list(people.refused)}; gave up: ${people.gaveUp}; unanswered: ${people.unanswered}`,
    `dead ends  ${people.deadEnds}`,
    `load       fleet ${percent(load.mean)} at the end, ${percent(load.meanAtMost)} at most; ` +
      `fullest node ${percent(load.max.load)} (${load.max.node})`,
    `roll call  ${s.rollCalled} rooms`,
    `simulator  ${s.simulatorCores.toFixed(2)} cores`,
    `violated   ${s.violated}`,
    ...s.violations.slice(0, SHOWN).map(({ expectation, what }) => `  ✗ ${expectation}: ${what}`),
  ]
  return lines.join('\n')
}
