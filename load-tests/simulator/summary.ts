// The result of a run, on one screen.
import { type Violation, percent } from './invariants.ts'
import type { ReportCounts } from './nodes/agent.ts'
import type { ParticipantCounts } from './participants/counts.ts'
import type { PlannedEvent } from './plan.ts'
import { VIOLATIONS_SHOWN } from './tuning.ts'

export interface Summary {
  nodes: number
  sites: number
  seed: number
  seconds: number
  enrolSec: number
  reports: ReportCounts & { perSec: number }
  participants: ParticipantCounts
  /** Planned, by kind. */
  faults: Record<string, number>
  /** Load over capacity: of the fleet at the end and at most, of the fullest node at its highest. */
  load: { mean: number; highestMean: number; max: { load: number; node: string } }
  /** Rooms whose location was checked at the end. */
  locationsChecked: number
  /** CPU of the simulator, in cores. */
  simulatorCores: number
  violations: Violation[]
  violated: number
  /** Planned events, in the order in which they happened. */
  played: PlannedEvent[]
}

export function describe(s: Summary): string {
  const { reports, participants, load } = s
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none'
  const lines = [
    `fleet      ${s.nodes} nodes in ${s.sites} sites, seed ${s.seed}; enrolled in ${s.enrolSec.toFixed(1)} s`,
    `reports    ${reports.accepted} accepted (${reports.perSec.toFixed(0)}/s), ${reports.refused} refused, ${reports.unanswered} unanswered`,
    `           ${list(reports.deliveries)}`,
    `faults     ${list(s.faults)}`,
    `rooms      ${participants.rooms} created, ${participants.ended} ended by a host, ${reports.dropped} dropped by nodes on request`,
    `joins      ${participants.joined} (${(participants.joined / s.seconds).toFixed(0)}/s), ${participants.rejoined} rejoined, ${participants.left} left`,
    `refused    ${list(participants.refused)}; gave up: ${participants.gaveUp}; unanswered: ${participants.unanswered}`,
    `node down  ${participants.sentToDownNode} times a participant was sent to a node that was down`,
    `load       fleet ${percent(load.mean)} at the end, ${percent(load.highestMean)} at most; ` +
      `fullest node ${percent(load.max.load)} (${load.max.node})`,
    `locations  ${s.locationsChecked} rooms checked`,
    `simulator  ${s.simulatorCores.toFixed(2)} cores`,
    `violated   ${s.violated}`,
    ...s.violations.slice(0, VIOLATIONS_SHOWN).map(({ invariant, what }) => `  ✗ ${invariant}: ${what}`),
  ]
  return lines.join('\n')
}
