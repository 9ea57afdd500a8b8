import type { Pair } from '../people/pairs.ts'

/** What one trial has shown. */
export interface Trial {
  pairs: Pair[]
  /** Longest gaps of any pair just before the fault. */
  baseline: { pictureMs: number; soundMs: number }
  /** What proves that the fault really happened. */
  proofs: string[]
  notes: string[]
  /** What must never happen and did, however short the gaps: a chat message lost, a screen share prompted again. */
  broken: string[]
  /** Cores that other processes used. */
  foreignCores: number
  /** Cores that everything used in the stable seconds before the fault: on a slower machine the same work takes more. */
  restCores: number
  /** Why this trial does not count for a target; empty if it does. */
  disturbedBy: string[]
  /** Some participants had not recovered when the time was over. */
  unrecovered: boolean
}

export const isUndisturbed = ({ disturbedBy }: Trial): boolean => disturbedBy.length === 0
