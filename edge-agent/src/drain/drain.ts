import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { describeOccupancy, type Occupancy } from '../livekit/occupancy.ts'
import { DRAIN_COUNT_EVERY_MS, DRAIN_LOG_EVERY_MS, STOP_NOTICE_MS } from '../tuning/drain.ts'

/** Whether LiveKit may be stopped without disconnecting a participant; counts are null when they are not known. */
export type StopStatus = {
  mayStop: boolean
  draining: boolean
  rooms: number | null
  participants: number | null
}

export type Drain = {
  /** Drains the node; resolves when the agent may exit. To be called once. */
  begin(): Promise<void>
  stopStatus(): Promise<StopStatus>
}

/** The part of the report loop that a drain needs. */
export type DrainReports = {
  /** From now on reports announce that the node stops at `untilMs` (monotonic). */
  drain(untilMs: number): void
  /** Ends the reports with one that says that LiveKit is down. Never rejects. */
  sendFinalReport(): Promise<void>
}

/**
 * Drains the node. Every report announces it, so that the control plane moves the rooms away; the agent keeps applying
 * directives until LiveKit has no participants, is down, or the time is up. Participants who remain shortly before the
 * deadline get the stop notice. The last report says that LiveKit is down, so that no room is placed here while the node
 * is being stopped.
 */
export function nodeDrain(deps: {
  withinMs: number
  livekitDown: () => boolean
  /** Rejects when the count is not available. */
  countOccupancy: () => Promise<Occupancy>
  reports: DrainReports
  onOccupancy: (occupancy: Occupancy) => void
  /** Called repeatedly towards the deadline. */
  sendStopNotice: () => Promise<void>
  log: Logger
}): Drain {
  const { withinMs, livekitDown, reports, log } = deps
  let untilMs: number | undefined
  const isLate = () => untilMs !== undefined && performance.now() >= untilMs
  const count = (): Promise<Occupancy | undefined> => deps.countOccupancy().catch(() => undefined)

  return {
    async begin() {
      untilMs = performance.now() + withinMs
      reports.drain(untilMs)
      let loggedAtMs = -Infinity
      let logged = ''
      for (;;) {
        const occupancy = livekitDown() ? undefined : await count()
        if (occupancy) deps.onOccupancy(occupancy)
        const remaining = occupancy
          ? `${describeOccupancy(occupancy)} remain`
          : 'the number of participants is not known'
        if (livekitDown()) log.info('drained: LiveKit is down already')
        else if (occupancy?.participants === 0) log.info('drained: no participants remain')
        else if (isLate()) log.warn({ ...occupancy }, `drain ended: the time is up, ${remaining}`)
        else {
          if (remaining !== logged && performance.now() - loggedAtMs >= DRAIN_LOG_EVERY_MS) {
            loggedAtMs = performance.now()
            logged = remaining
            log.info({ ...occupancy }, `draining: ${remaining}`)
          }
          if (untilMs - performance.now() <= Math.min(STOP_NOTICE_MS, withinMs / 2))
            void deps.sendStopNotice()
          await sleep(Math.min(DRAIN_COUNT_EVERY_MS, untilMs - performance.now()))
          continue
        }
        return reports.sendFinalReport()
      }
    },
    async stopStatus() {
      if (livekitDown()) return { mayStop: true, draining: untilMs !== undefined, rooms: 0, participants: 0 }
      const occupancy = await count()
      return {
        // An empty node that is not draining may get a room at any moment.
        mayStop: isLate() || (untilMs !== undefined && occupancy?.participants === 0),
        draining: untilMs !== undefined,
        rooms: occupancy?.rooms ?? null,
        participants: occupancy?.participants ?? null,
      }
    },
  }
}
