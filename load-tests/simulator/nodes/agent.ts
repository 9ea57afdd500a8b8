// Edge agents as the control plane sees them: one report at a time, at the pace and with the retries of a real agent.
import type { Directive } from '@levee/control-plane/contract'
import { nodeCredential } from '@levee/control-plane/protocol/node-credential'
import { seeded } from '@levee/deploy/seeded-random'
import { type Call, type Reply, type Wire, WireFault } from '../../lib/http-wire.ts'
import type { Invariants } from '../invariants.ts'
import type { Schedule } from '../schedule.ts'
import {
  REFUSED_REPORT_RETRY_SHARE,
  REPORT_BACKOFF_MAX_MS,
  REPORT_BACKOFF_START_MS,
  REPORT_JITTER_FLOOR,
  REPORT_TIMEOUT_MS,
} from '../tuning.ts'
import { type Delivery, type FaultRates, lateByMs, nextDelivery } from './faults.ts'
import { type Machine, dropRoom } from './machine.ts'
import { openReporter } from './reporter.ts'

export interface ReportCounts {
  accepted: number
  refused: number
  unanswered: number
  /** Rooms that nodes dropped on request. */
  dropped: number
  deliveries: Record<Delivery, number>
}

export interface AgentDeps {
  wires: readonly Wire[]
  schedule: Schedule
  invariants: Invariants
  rates: FaultRates
  seed: number
  /** Overrides the period of the directives. */
  reportEveryMs?: number | undefined
  counts: ReportCounts
}

export interface Agent {
  readonly machine: Machine
  /** Starts to report after a random part of the period, so that the fleet does not report in step. */
  /** With the seal of its credential and the period that it got at enrolment. */
  start(seal: string, periodMs: number): void
  /** Reports out of turn, as an agent does when LiveKit exits or comes back. */
  reportNow(): void
  disconnect(): void
  reconnect(): void
  /** Sends no further report; the answer to the last one is still read. */
  stop(): void
  /** A new process; see Reporter. */
  restart(): void
  /** Share of capacity in the last accepted report; undefined if it had no load. */
  reportedShare(): number | undefined
  acceptedReports(): number
}

export const noReportCounts = (): ReportCounts => ({
  accepted: 0,
  refused: 0,
  unanswered: 0,
  dropped: 0,
  deliveries: { arrives: 0, lost: 0, 'reply lost': 0, late: 0, replayed: 0, overtaken: 0, unread: 0 },
})

export function openAgent(machine: Machine, deps: AgentDeps): Agent {
  const { wires, schedule, invariants, counts } = deps
  const random = seeded(deps.seed, `agent ${machine.node}`)
  const deliveries = seeded(deps.seed, `deliveries ${machine.node}`)
  const path = `/v1/nodes/${machine.node}/report`
  /** One for each replica, once the node has enrolled. */
  let calls: { wire: Wire; call: Call }[] = []
  const reporter = openReporter(machine, random)
  let periodMs = 0
  let failures = 0
  let connected = true
  let stopped = false
  let accepted = 0
  let reportedShare: number | undefined
  /** Only the newest turn continues: a report out of turn replaces the scheduled one. */
  let turn = 0
  /** A report that will be overtaken by the next one. */
  let held: string | undefined

  const post = (body: string): Promise<Reply> => {
    // Any replica may get any report.
    const { wire, call } = calls[random.below(calls.length)] as { wire: Wire; call: Call }
    return wire.send(call, body)
  }
  /** Delivered by the network on its own: the agent gets no answer. */
  const deliverLate = (body: string) => void post(body).catch(() => {})

  function wait(ms: number): void {
    const mine = ++turn
    schedule.after(ms, () => {
      if (mine === turn && connected && !stopped) report()
    })
  }

  function report(): void {
    const delivery = nextDelivery(deliveries, deps.rates)
    counts.deliveries[delivery]++
    const { body, share } = reporter.next(delivery === 'unread')
    const mine = ++turn
    const noAnswer = () =>
      schedule.after(REPORT_TIMEOUT_MS, () => {
        if (mine === turn) fail()
      })
    if (delivery === 'lost') return noAnswer()
    if (delivery === 'late') {
      schedule.after(lateByMs(random), () => deliverLate(body))
      return noAnswer()
    }
    if (delivery === 'overtaken') {
      held = body
      return noAnswer()
    }
    if (delivery === 'reply lost') {
      deliverLate(body)
      return noAnswer()
    }
    if (delivery === 'replayed') schedule.after(lateByMs(random), () => deliverLate(body))
    post(body).then(
      (reply) => {
        if (mine === turn && connected) answered(reply, share)
      },
      (error: unknown) => {
        if (!(error instanceof WireFault)) throw error
        counts.unanswered++
        if (mine === turn && connected) fail()
      },
    )
  }

  function answered(reply: Reply, share: number | undefined): void {
    if (held !== undefined) deliverLate(held)
    held = undefined
    if (reply.status !== 200) {
      counts.refused++
      invariants.violate('every report is accepted', `${machine.node} got ${reply.status} ${codeOf(reply)}`)
      return wait(periodMs * REFUSED_REPORT_RETRY_SHARE)
    }
    const directive = JSON.parse(reply.body) as Directive
    counts.accepted++
    accepted++
    failures = 0
    machine.reporting = machine.up
    if (share !== undefined) reportedShare = share
    reporter.accepted(directive.wholeRooms)
    for (const name of [...directive.drop, ...directive.moved]) if (dropRoom(machine, name)) counts.dropped++
    periodMs = deps.reportEveryMs ?? directive.reportEveryMs
    wait(periodMs * random.between(REPORT_JITTER_FLOOR, 1))
  }

  function fail(): void {
    if (!connected) return
    failures++
    machine.reporting = false
    wait(random.next() * Math.min(REPORT_BACKOFF_MAX_MS, REPORT_BACKOFF_START_MS * 2 ** (failures - 1)))
  }

  return {
    machine,
    start(seal, ms) {
      periodMs = ms
      const credential = nodeCredential(machine.secret, seal)
      calls = wires.map((wire) => ({ wire, call: wire.call('POST', path, credential) }))
      wait(ms * random.next())
    },
    reportNow: () => wait(0),
    disconnect() {
      connected = false
      machine.reporting = false
      turn++
      held = undefined
    },
    reconnect() {
      connected = true
      wait(0)
    },
    stop() {
      stopped = true
    },
    restart: () => reporter.restart(),
    reportedShare: () => reportedShare,
    acceptedReports: () => accepted,
  }
}

const codeOf = ({ body }: Reply): string => /"code":"(\w+)"/.exec(body)?.[1] ?? ''
