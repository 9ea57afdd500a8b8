import type { Directive, EnrolNode } from '@levee/control-plane/contract'
import type { Logger } from 'pino'
import type { LivekitState } from '../livekit/health.ts'
import type { Reading, Readings } from '../readings/readings.ts'
import {
  ENROL_REFUSED_RETRY_MS,
  FINAL_REPORT_TIMEOUT_MS,
  RESEND_ALL_ROOMS_AFTER_MS,
} from '../tuning/reporting.ts'
import { sleepOrAbort, unlessAborted } from './abort.ts'
import type { ControlPlane, Outcome } from './control-plane-client.ts'
import { failureLog } from './failure-log.ts'
import { makeReport } from './make-report.ts'
import type { Mismatch } from './parse-answer.ts'
import { reportSchedule } from './report-schedule.ts'
import { roomChanges } from './room-changes.ts'

export type ReportLoop = {
  /** Enrols and reports until stopped. */
  run(): Promise<void>
  /** Aborts the call in progress and reports at once, with all rooms: LiveKit's state has changed. */
  reportNow(): void
  /** From now on reports announce that the node stops at `untilMs` (monotonic), and follow each other faster. */
  drain(untilMs: number): void
  /** Ends the loop with a report, within a second, that LiveKit is down. Never rejects. */
  sendFinalReport(): Promise<void>
  stop(): void
  /** Monotonic milliseconds of the loop's last step. */
  lastStepAtMs(): number
}

export type ReportMetrics = {
  enrolment(outcome: Outcome<unknown>['kind']): void
  report(outcome: Outcome<unknown>['kind'], tookMs: number): void
  reading(reading: Reading): void
  /** undefined: the versions are compatible. */
  protocolMismatch(mismatch: Mismatch | undefined): void
}

/** One report at a time: enrol → report → apply the directive → wait, until `stop`. */
export function reportLoop(deps: {
  bootId: string
  enrolment: EnrolNode
  controlPlane: ControlPlane
  livekitState: () => LivekitState | undefined
  readings: Readings
  /** Set by the operator. */
  joinsPerSec?: number | undefined
  /** Remaining validity of the offline grant; undefined: there is none. */
  offlineGrantSec?: () => number | undefined
  /** Whether LiveKit has to be restarted and this agent cannot do it. */
  cannotRestart?: () => boolean
  apply: (directive: Directive) => void
  metrics: ReportMetrics
  log: Logger
  random?: () => number
  /** Resolves after the time, or as soon as the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}): ReportLoop {
  const { controlPlane, readings, metrics, log, random = Math.random, wait = sleepOrAbort } = deps
  const stopping = new AbortController()
  const failures = failureLog(log)
  const schedule = reportSchedule(random)
  const rooms = roomChanges(random())
  /** Ends the call in progress and the pause after it. */
  let interrupt = new AbortController()
  /** Ends a pause only. */
  let wake = new AbortController()
  let lastStepAtMs = performance.now()
  let enrolled = false
  let seq = 0
  let reportedUp: boolean | undefined
  let drainUntilMs: number | undefined
  let acceptedAtMs = performance.now()
  let running: Promise<void> | undefined

  const livekitUp = () => deps.livekitState()?.up === true
  const isUrgent = () => reportedUp !== undefined && reportedUp !== livekitUp()

  const pause = (ms: number, signal: AbortSignal = stopping.signal) =>
    wait(ms, AbortSignal.any([stopping.signal, wake.signal, signal]))

  const showMismatch = (outcome: Outcome<unknown>) => {
    if (outcome.kind === 'ok') metrics.protocolMismatch(undefined)
    if (outcome.kind === 'incompatible') metrics.protocolMismatch(outcome.mismatch)
  }

  const enrol = async () => {
    const outcome = await controlPlane.enrol(deps.enrolment, stopping.signal)
    metrics.enrolment(outcome.kind)
    showMismatch(outcome)
    if (outcome.kind === 'ok') {
      const { reportEveryMs } = outcome.value
      enrolled = true
      schedule.setPeriod(reportEveryMs)
      schedule.resetFailures()
      log.info({ reportEveryMs }, 'enrolled')
      return
    }
    failures.failed('enrolment', outcome)
    if (outcome.kind === 'incompatible') return pause(schedule.afterMismatch())
    const refused = outcome.kind === 'refused'
    await pause(refused ? ENROL_REFUSED_RETRY_MS : schedule.afterFailure(outcome, { urgent: isUrgent() }))
  }

  const report = async () => {
    const { signal } = interrupt
    const up = livekitUp()
    // That LiveKit went down is urgent and needs no reading, which would only delay the report.
    const reading =
      !up && reportedUp ? readings.withoutLivekit() : await unlessAborted(signal, readings.take(up))
    if (reading === undefined) return
    metrics.reading(reading)
    const startedAtMs = performance.now()
    if (startedAtMs - acceptedAtMs > RESEND_ALL_ROOMS_AFTER_MS) rooms.forget()
    seq += 1
    const livekit = { up, ...rooms.next(seq, reading.rooms) }
    const message = makeReport({ bootId: deps.bootId, seq }, livekit, reading, extras())
    const outcome = await controlPlane.report(message, signal)
    metrics.report(outcome.kind, performance.now() - startedAtMs)
    showMismatch(outcome)
    if (outcome.kind === 'ok') {
      const directive = outcome.value
      reportedUp = up
      acceptedAtMs = startedAtMs
      schedule.setPeriod(directive.reportEveryMs)
      rooms.accepted(directive)
      if (!up) rooms.forget()
      const waitMs = schedule.afterSuccess({ afterOutage: failures.isFailing() })
      failures.recovered()
      deps.apply(directive)
      return pause(waitMs, signal)
    }
    rooms.forget()
    failures.failed('report', outcome)
    // Changes of LiveKit's state do not end this pause: the report would be refused again.
    if (outcome.kind === 'incompatible') return pause(schedule.afterMismatch())
    if (outcome.kind === 'refused' && (outcome.status === 401 || outcome.status === 404)) {
      enrolled = false
      return pause(schedule.afterRejection())
    }
    return pause(schedule.afterFailure(outcome, { urgent: isUrgent() }), signal)
  }

  const extras = () => ({
    joinsPerSec: deps.joinsPerSec,
    offlineGrantSec: deps.offlineGrantSec?.(),
    cannotRestart: deps.cannotRestart?.(),
    stopsWithinMs: drainUntilMs === undefined ? undefined : drainUntilMs - performance.now(),
  })

  const loop = async () => {
    while (!stopping.signal.aborted) {
      lastStepAtMs = performance.now()
      if (interrupt.signal.aborted) interrupt = new AbortController()
      if (wake.signal.aborted) wake = new AbortController()
      await (enrolled ? report() : enrol())
    }
  }

  const stop = () => {
    stopping.abort()
    interrupt.abort()
  }

  return {
    run: () => (running ??= loop()),
    reportNow() {
      schedule.resetFailures()
      rooms.forget()
      interrupt.abort()
    },
    drain(untilMs) {
      drainUntilMs = untilMs
      schedule.startDraining()
      schedule.resetFailures()
      // A report in progress is not interrupted: orders in its answer are sent only once.
      wake.abort()
    },
    async sendFinalReport() {
      stop()
      await running
      if (!enrolled) return
      seq += 1
      const down = { up: false, rooms: null }
      const message = makeReport({ bootId: deps.bootId, seq }, down, readings.withoutLivekit(), extras())
      const outcome = await controlPlane.report(message, AbortSignal.timeout(FINAL_REPORT_TIMEOUT_MS))
      if (outcome.kind !== 'ok') log.warn({ kind: outcome.kind }, 'the last report was not accepted')
    },
    stop,
    lastStepAtMs: () => lastStepAtMs,
  }
}
