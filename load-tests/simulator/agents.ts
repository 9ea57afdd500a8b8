// Edge agents as the control plane sees them: one report at a time each, in the pace and with the patience of a real one.
import type { Directive } from '@levee/control-plane/contract'
import { type Fate, type FaultRates, fateOf, lateMs } from './faults.ts'
import { type Machine, crash, dropRoom } from './machines.ts'
import type { Schedule } from './schedule.ts'
import { seeded } from '@levee/deploy/seeded-random'
import { openTeller } from './reporter.ts'
import type { Truth } from './invariants.ts'
import { type Call, type Reply, type Wire, WireFault } from '../lib/http-wire.ts'

/** As in edge-agent/src/tuning/agent.ts. */
const GIVE_UP_MS = 3_000
const JITTER_FLOOR = 0.75
const BACKOFF_START_MS = 500
const BACKOFF_CEILING_MS = 5_000
const RETRY_ANSWERED_SHARE = 0.5

export interface ReportCounts {
  taken: number
  refused: number
  unanswered: number
  dropped: number
  fates: Record<Fate, number>
}

export interface AgentDeps {
  wires: readonly Wire[]
  schedule: Schedule
  truth: Truth
  rates: FaultRates
  seed: number
  /** Instead of what the directive says. */
  reportEveryMs?: number | undefined
  counts: ReportCounts
}

export interface Agent {
  readonly machine: Machine
  /** Begins to report, after a part of the period so that the fleet does not report in step. */
  start(periodMs: number): void
  /** Reports out of turn, as an agent does when LiveKit went away or came back. */
  urge(): void
  /** Nothing gets through from now on. */
  mute(): void
  unmute(): void
  /** No further report; the answer to the last is still heard. */
  rest(): void
  /** A new process: new boot, numbers from 1, nothing known of what was told. */
  reboot(): void
  /** Share of capacity of the last report that was taken in; undefined when it said nothing of load. */
  told(): number | undefined
  /** Reports taken in so far. */
  taken(): number
}

export const noCounts = (): ReportCounts => ({
  taken: 0,
  refused: 0,
  unanswered: 0,
  dropped: 0,
  fates: { arrives: 0, lost: 0, 'reply lost': 0, late: 0, replayed: 0, overtaken: 0, unread: 0 },
})

export function openAgent(machine: Machine, deps: AgentDeps): Agent {
  const { wires, schedule, truth, counts } = deps
  const random = seeded(deps.seed, `agent ${machine.node}`)
  const fates = seeded(deps.seed, `fates ${machine.node}`)
  const path = `/v1/nodes/${machine.node}/report`
  const calls = wires.map((wire) => ({ wire, call: wire.call('POST', path, machine.secret) }))
  const teller = openTeller(machine, random)
  let periodMs = 0
  let failures = 0
  let muted = false
  let resting = false
  let taken = 0
  let toldShare: number | undefined
  /** Only the newest turn goes on; an urgent report makes the one that waits obsolete. */
  let turn = 0
  let held: string | undefined

  const post = (body: string): Promise<Reply> => {
    // Any replica may get any report.
    const { wire, call } = calls[random.below(calls.length)] as { wire: Wire; call: Call }
    return wire.send(call, body)
  }
  /** What the network does by itself: whoever sent it never hears. */
  const stray = (body: string) => void post(body).catch(() => {})

  function wait(ms: number): void {
    const mine = ++turn
    schedule.after(ms, () => {
      if (mine === turn && !muted && !resting) report()
    })
  }

  function report(): void {
    const fate = fateOf(fates, deps.rates)
    counts.fates[fate]++
    const { body, share } = teller.tell(fate === 'unread')
    const mine = ++turn
    const unheard = () =>
      schedule.after(GIVE_UP_MS, () => {
        if (mine === turn) fail()
      })
    if (fate === 'lost') return unheard()
    if (fate === 'late') {
      schedule.after(lateMs(random), () => stray(body))
      return unheard()
    }
    if (fate === 'overtaken') {
      held = body
      return unheard()
    }
    if (fate === 'reply lost') {
      stray(body)
      return unheard()
    }
    if (fate === 'replayed') schedule.after(lateMs(random), () => stray(body))
    post(body).then(
      (reply) => {
        if (mine === turn && !muted) answered(reply, share)
      },
      (error: unknown) => {
        if (!(error instanceof WireFault)) throw error
        counts.unanswered++
        if (mine === turn && !muted) fail()
      },
    )
  }

  function answered(reply: Reply, share: number | undefined): void {
    if (held !== undefined) stray(held)
    held = undefined
    if (reply.status !== 200) {
      counts.refused++
      truth.violate('every report is taken', `${machine.node} got ${reply.status} ${codeOf(reply)}`)
      return wait(periodMs * RETRY_ANSWERED_SHARE)
    }
    const directive = JSON.parse(reply.body) as Directive
    counts.taken++
    taken++
    failures = 0
    if (share !== undefined) toldShare = share
    teller.taken(directive.wholeRooms)
    for (const name of [...directive.drop, ...directive.moved]) if (dropRoom(machine, name)) counts.dropped++
    periodMs = deps.reportEveryMs ?? directive.reportEveryMs
    wait(periodMs * (JITTER_FLOOR + (1 - JITTER_FLOOR) * random.next()))
  }

  function fail(): void {
    if (muted) return
    failures++
    wait(random.next() * Math.min(BACKOFF_CEILING_MS, BACKOFF_START_MS * 2 ** (failures - 1)))
  }

  return {
    machine,
    start(ms) {
      periodMs = ms
      wait(ms * random.next())
    },
    urge: () => wait(0),
    mute() {
      muted = true
      turn++
      held = undefined
    },
    unmute() {
      muted = false
      wait(0)
    },
    rest() {
      resting = true
    },
    reboot: () => teller.reboot(),
    told: () => toldShare,
    taken: () => taken,
  }
}

const codeOf = ({ body }: Reply): string => /"code":"(\w+)"/.exec(body)?.[1] ?? ''

/** Power is cut: machine and agent are gone, and come back as new. */
export function powerCut(agent: Agent): void {
  agent.mute()
  crash(agent.machine)
}
