import { setTimeout as sleep } from 'node:timers/promises'
import type { Directive, EnrolNode } from '@levee/control-plane/contract'
import type { Logger } from 'pino'
import { backoffMs } from './backoff.ts'
import type { ControlPlane, Outcome } from './control-plane-client.ts'
import type { AgentMetrics } from '../metrics.ts'
import type { LivekitState } from '../livekit/health.ts'
import type { Readings } from '../readings/readings.ts'
import { makeReport } from './make-report.ts'
import { roomChanges } from './room-changes.ts'
import * as tuning from '../tuning/agent.ts'

export type ReportLoop = {
  /** Enrols and reports until stopped. */
  run(): Promise<void>
  /** LiveKit's state changed: gives up what is under way and reports out of turn. */
  urge(): void
  /** From now on, and at once, reports say that the node leaves by then (monotonic ms), and follow each other faster. */
  leave(untilMs: number): void
  /** Ends the loop and tells, within a second, that LiveKit goes down. Never rejects. */
  farewell(): Promise<void>
  stop(): void
  /** Monotonic milliseconds at which the loop last took a step. */
  movedAtMs(): number
}

type Failure = Exclude<Outcome<never>, { kind: 'ok' }>

/** One report at a time: enrol → report → obey the directive → wait, until `stop`. */
export function reportLoop(deps: {
  bootId: string
  enrolment: EnrolNode
  controlPlane: ControlPlane
  livekitState: () => LivekitState | undefined
  readings: Readings
  /** By word of the operator. */
  joinsPerSec?: number | undefined
  /** How long the rules for the time while cut off still hold; undefined: there are none. */
  offlineGrantSec?: () => number | undefined
  /** LiveKit is to be restarted and this agent cannot. */
  cannotRestart?: () => boolean
  obey: (directive: Directive) => void
  metrics: AgentMetrics
  log: Logger
  random?: () => number
  /** Resolves after the time, or as soon as the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}): ReportLoop {
  const { controlPlane, readings, metrics, log, random = Math.random, wait = sleepOrAbort } = deps
  const stopping = new AbortController()
  let turn = new AbortController()
  let nap = new AbortController()
  let movedAtMs = performance.now()
  let reportEveryMs = tuning.DEFAULT_REPORT_EVERY_MS
  let enrolled = false
  let seq = 0
  let failures = 0
  let unrecognised = 0
  let toldUp: boolean | undefined
  let trouble: string | undefined
  let leavingUntilMs: number | undefined
  let takenAtMs = performance.now()
  let running: Promise<void> | undefined
  const rooms = roomChanges(random())

  const livekitUp = () => deps.livekitState()?.up === true

  /** Ends early when stopped, when the node begins to leave, or with `turn` when LiveKit's state changes. */
  const pause = (ms: number, wakes: AbortSignal = stopping.signal) =>
    wait(ms, AbortSignal.any([stopping.signal, nap.signal, wakes]))

  /** Each kind of trouble is logged once, not with every try. */
  const complain = (what: string, failure: Failure) => {
    const key = `${what} ${failure.kind} ${'code' in failure ? failure.code : ''}`
    if (failure.kind === 'superseded' || key === trouble) return
    trouble = key
    if (failure.kind === 'refused') {
      log.error({ code: failure.code, status: failure.status }, `${what} refused: ${failure.detail}`)
    } else {
      log.warn(
        { kind: failure.kind, reason: failure.detail },
        `${what} failed; the control plane is asked again`,
      )
    }
  }

  /**
   * Agents that waited for the same control plane are let in together: from then on they are spread over a whole
   * period, or their reports would arrive in one gust after the other.
   */
  const waitAfterOk = () => (trouble === undefined ? jittered(everyMs()) : everyMs() * random())

  const everyMs = () =>
    leavingUntilMs === undefined ? reportEveryMs : Math.min(reportEveryMs, tuning.LEAVING_REPORT_EVERY_MS)

  const recovered = () => {
    if (trouble !== undefined) log.info('the control plane takes reports again')
    trouble = undefined
    failures = 0
    unrecognised = 0
  }

  const waitAfter = (failure: Failure): number => {
    if (failure.kind === 'superseded') return 0
    failures += 1
    if (toldUp !== undefined && toldUp !== livekitUp())
      return backoffMs(failures, tuning.URGENT_RETRY_START_MS, tuning.BACKOFF_CEILING_MS, random)
    if (failure.kind === 'unreachable') {
      // A node that leaves has no time for patience.
      const ceilingMs = leavingUntilMs === undefined ? tuning.BACKOFF_CEILING_MS : tuning.BACKOFF_START_MS
      return backoffMs(failures, tuning.BACKOFF_START_MS, ceilingMs, random)
    }
    if (failure.kind === 'unavailable') return jittered(everyMs() * tuning.RETRY_ANSWERED_SHARE)
    return jittered(everyMs())
  }

  const jittered = (ms: number) =>
    ms * (tuning.REPORT_JITTER_FLOOR + (1 - tuning.REPORT_JITTER_FLOOR) * random())

  const enrol = async () => {
    const outcome = await controlPlane.enrol(deps.enrolment, stopping.signal)
    metrics.enrolment(outcome.kind)
    if (outcome.kind === 'ok') {
      enrolled = true
      reportEveryMs = outcome.value.reportEveryMs
      failures = 0
      log.info({ reportEveryMs }, 'enrolled')
      return
    }
    complain('enrolment', outcome)
    await pause(outcome.kind === 'refused' ? tuning.ENROL_REFUSED_RETRY_MS : waitAfter(outcome))
  }

  const report = async () => {
    const { signal } = turn
    const up = livekitUp()
    // News goes first: a LiveKit that just went away has nothing to be read, and reading would only delay it.
    const reading = !up && toldUp ? readings.withoutLivekit() : await unless(signal, readings.take(up))
    if (reading === undefined) return
    metrics.reading(reading)
    const startedAtMs = performance.now()
    if (startedAtMs - takenAtMs > tuning.DOUBT_AFTER_MS) rooms.doubt()
    seq += 1
    const livekit = { up, ...rooms.tell(seq, reading.rooms) }
    const message = makeReport({ bootId: deps.bootId, seq }, livekit, reading, words())
    const outcome = await controlPlane.report(message, signal)
    metrics.report(outcome.kind, performance.now() - startedAtMs)
    if (outcome.kind === 'ok') {
      toldUp = up
      takenAtMs = startedAtMs
      reportEveryMs = outcome.value.reportEveryMs
      rooms.taken(outcome.value)
      if (!up) rooms.doubt()
      const waitMs = waitAfterOk()
      recovered()
      deps.obey(outcome.value)
      return pause(waitMs, signal)
    }
    rooms.doubt()
    complain('report', outcome)
    if (outcome.kind === 'refused' && (outcome.status === 401 || outcome.status === 404)) {
      enrolled = false
      unrecognised += 1
      const { REENROL_START_MS, ENROL_REFUSED_RETRY_MS } = tuning
      const ceiling = Math.min(ENROL_REFUSED_RETRY_MS, REENROL_START_MS * 2 ** (unrecognised - 2))
      return pause(unrecognised === 1 ? 0 : jittered(ceiling))
    }
    return pause(waitAfter(outcome), signal)
  }

  const words = () => ({
    joinsPerSec: deps.joinsPerSec,
    offlineGrantSec: deps.offlineGrantSec?.(),
    cannotRestart: deps.cannotRestart?.(),
    leavesWithinMs: leavingUntilMs === undefined ? undefined : leavingUntilMs - performance.now(),
  })

  const go = async () => {
    while (!stopping.signal.aborted) {
      movedAtMs = performance.now()
      if (turn.signal.aborted) turn = new AbortController()
      if (nap.signal.aborted) nap = new AbortController()
      await (enrolled ? report() : enrol())
    }
  }

  const stop = () => {
    stopping.abort()
    turn.abort()
  }

  return {
    run: () => (running ??= go()),
    urge() {
      failures = 0
      rooms.doubt()
      turn.abort()
    },
    leave(untilMs) {
      leavingUntilMs = untilMs
      failures = 0
      // A report that is out is not given up: orders in its answer are told once.
      nap.abort()
    },
    async farewell() {
      stop()
      await running
      if (!enrolled) return
      seq += 1
      const gone = { up: false, rooms: null }
      const message = makeReport({ bootId: deps.bootId, seq }, gone, readings.withoutLivekit(), words())
      const outcome = await controlPlane.report(message, AbortSignal.timeout(tuning.FAREWELL_TIMEOUT_MS))
      if (outcome.kind !== 'ok') log.warn({ kind: outcome.kind }, 'the last report was not taken')
    },
    stop,
    movedAtMs: () => movedAtMs,
  }
}

const sleepOrAbort = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined)

/** What the promise brings, or undefined as soon as the signal aborts. */
function unless<T>(signal: AbortSignal, promise: Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return Promise.resolve(undefined)
  return new Promise((resolve, reject) => {
    const giveUp = () => resolve(undefined)
    signal.addEventListener('abort', giveUp, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  })
}
