/** What a node says to its people. */
export type Call = {
  /** Rises with each call: the control plane is to be asked again. */
  ask: number
  /** The node is about to be stopped, whoever is there. */
  stopping: boolean
}

/**
 * A node calls its people by `{"ask": n}` in the metadata of the room, with `"stopping": true` when it stops before its
 * meetings could move. Anything else there is somebody else's.
 */
export function callIn(metadata: string | undefined): Call | undefined {
  if (!metadata) return undefined
  try {
    const parsed: unknown = JSON.parse(metadata)
    if (typeof parsed !== 'object' || parsed === null || !('ask' in parsed)) return undefined
    if (!Number.isSafeInteger(parsed.ask)) return undefined
    return { ask: parsed.ask as number, stopping: 'stopping' in parsed && parsed.stopping === true }
  } catch {
    return undefined
  }
}

const TURN_MS = 400
const ALL_TURNS_MS = 2_000

/**
 * How long this person waits when everybody is to do something: one goes after the other. Of people who share a machine
 * or a line one at a time is busy with it, and a node is not asked by all at once.
 */
export function turnMs(me: string, others: readonly string[]): number {
  const before = others.filter((identity) => identity < me).length
  return before * Math.min(TURN_MS, ALL_TURNS_MS / (others.length + 1))
}
