import { STAGGER_SPAN_MS, STAGGER_STEP_MS } from '../tuning.ts'

/**
 * How long this participant waits when everyone in the meeting has to act, in ms: one after the other, in the order of
 * identities. People who share a machine or a network then act one at a time, and a node does not get all requests at
 * once.
 */
export function staggerMs(me: string, others: readonly string[]): number {
  const before = others.filter((identity) => identity < me).length
  return before * Math.min(STAGGER_STEP_MS, STAGGER_SPAN_MS / (others.length + 1))
}
