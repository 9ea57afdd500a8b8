import { DISCONNECT_DELAY_MS, HANDOVER_MAX_MS, UNREPORTED_SETTLE_MS } from '../tuning.ts'

/** The facts that decide whether a previous connection is still needed. */
export type HandoverSituation = {
  /** It is up, and media arrives. */
  works: boolean
  /** Since the active connection is up in its role; undefined: it is not up. */
  activeUpForMs: number | undefined
  /** Since it became the previous one. */
  previousForMs: number
  /** Participants who were there and are not on the active one. */
  missing: number
  /** Tracks that the page still takes from it. */
  tracksShown: number
  /** Everyone on the active node has reported that they see and hear all of us there. */
  allSettled: boolean
}

/**
 * keep: it is needed. disconnect: the room may be left, but the list of who was there is still needed. remove: nothing
 * of it is needed. In the prototype, leaving before everyone had arrived caused 19 of 20 silences over 100 ms.
 */
export type HandoverStep = 'keep' | 'disconnect' | 'remove'

export function handoverStep(situation: HandoverSituation): HandoverStep {
  const { works, activeUpForMs, previousForMs, missing, tracksShown, allSettled } = situation
  if (activeUpForMs === undefined) return 'keep'
  if (activeUpForMs >= HANDOVER_MAX_MS) return 'remove'
  const done = missing === 0 && tracksShown === 0
  if (works) return done && (allSettled || activeUpForMs >= UNREPORTED_SETTLE_MS) ? 'remove' : 'keep'
  if (previousForMs < DISCONNECT_DELAY_MS || activeUpForMs < DISCONNECT_DELAY_MS) return 'keep'
  return done ? 'remove' : 'disconnect'
}
