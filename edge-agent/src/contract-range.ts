import type { TNumberOptions, TSchema } from 'typebox'

/** The bounds that a schema of the contract sets for a number; infinite where it sets none. */
export function contractRange(schema: TSchema): { min: number; max: number } {
  const { minimum = -Infinity, maximum = Infinity } = schema as TNumberOptions
  return { min: Number(minimum), max: Number(maximum) }
}
