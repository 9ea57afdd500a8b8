import type { Pair } from '../people/pairs.ts'

/** The result of one trial. */
export interface Trial {
  pairs: Pair[]
  /** Longest gaps of any pair just before the fault. */
  baseline: { pictureMs: number; soundMs: number }
  /** Proofs that the fault really happened. */
  proofs: string[]
  notes: string[]
  /** Faults that must never happen, even with short gaps: a chat message was lost, a screen share prompted again. */
  broken: string[]
  /** Cores that other processes used. */
  foreignCores: number
  /** Cores in use in the stable seconds before the fault: on a slower machine the same work takes more. */
  restCores: number
  /** Reasons why this trial does not count for a target; empty if it does. */
  disturbedBy: string[]
  /** Whether some participants had not recovered when the time was over. */
  unrecovered: boolean
}

export const isUndisturbed = ({ disturbedBy }: Trial): boolean => disturbedBy.length === 0
