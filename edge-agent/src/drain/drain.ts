import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { ReportLoop } from '../reporting/report-loop.ts'
import { LEAVING_LINE_EVERY_MS, LEAVING_LOOK_EVERY_MS, STOP_NOTICE_MS } from '../tuning/agent.ts'
import { inWords, type WhoIsHere } from '../livekit/count-people.ts'

/** Whether LiveKit may be stopped without cutting anybody off, and who is here; null: not known. */
export type MayStop = {
  mayStop: boolean
  leaving: boolean
  rooms: number | null
  participants: number | null
}

export type Leaving = {
  /** Leaves the fleet; resolves when the agent may exit. To be asked once. */
  begin(): Promise<void>
  mayStop(): Promise<MayStop>
}

/**
 * The node leaves: the control plane is told at once and in every report, moves the rooms away, and the agent goes on
 * obeying until LiveKit holds nobody any more, is gone itself, or the time is up; who is here shortly before that is
 * told. The last report says that LiveKit is down, so that nobody is sent here while whoever runs the node stops it.
 */
export function leaving(deps: {
  withinMs: number
  livekitDown: () => boolean
  /** Rejects when it cannot be told. */
  whoIsHere: () => Promise<WhoIsHere>
  loop: Pick<ReportLoop, 'leave' | 'farewell'>
  onPeople: (people: WhoIsHere) => void
  /** Tells whoever is here that LiveKit stops; asked again and again towards the end. */
  tellStop: () => Promise<void>
  log: Logger
}): Leaving {
  const { withinMs, livekitDown, loop, log } = deps
  let untilMs: number | undefined
  const isLate = () => untilMs !== undefined && performance.now() >= untilMs
  const count = (): Promise<WhoIsHere | undefined> => deps.whoIsHere().catch(() => undefined)

  return {
    async begin() {
      untilMs = performance.now() + withinMs
      loop.leave(untilMs)
      let toldAtMs = -Infinity
      let told = ''
      for (;;) {
        const people = livekitDown() ? undefined : await count()
        if (people) deps.onPeople(people)
        const words = people ? `${inWords(people)} still here` : 'who is here is not known'
        if (livekitDown()) log.info('left: LiveKit is gone already')
        else if (people?.participants === 0) log.info('left: nobody is here')
        else if (isLate()) log.warn({ ...people }, `left: the time is up, ${words}`)
        else {
          if (words !== told && performance.now() - toldAtMs >= LEAVING_LINE_EVERY_MS) {
            toldAtMs = performance.now()
            told = words
            log.info({ ...people }, `leaving: ${words}`)
          }
          if (untilMs - performance.now() <= Math.min(STOP_NOTICE_MS, withinMs / 2)) void deps.tellStop()
          await sleep(Math.min(LEAVING_LOOK_EVERY_MS, untilMs - performance.now()))
          continue
        }
        return loop.farewell()
      }
    },
    async mayStop() {
      if (livekitDown()) return { mayStop: true, leaving: untilMs !== undefined, rooms: 0, participants: 0 }
      const people = await count()
      return {
        // An empty node that is not leaving may be given a room at any moment.
        mayStop: isLate() || (untilMs !== undefined && people?.participants === 0),
        leaving: untilMs !== undefined,
        rooms: people?.rooms ?? null,
        participants: people?.participants ?? null,
      }
    },
  }
}
