/** A field of a request that was not accepted, as a JSON pointer. The message never repeats its value. */
export type FieldFault = { field: string; message: string }

/** Numbers that a client needs to word a refusal itself. */
export type ProblemNumbers = {
  /** drain_does_not_fit: tracks of the node's rooms, and tracks that are free for them on other nodes. */
  needTracks?: number
  freeTracks?: number
}

/** A refusal is a value: a code of the problem table and, where it helps, the fields at fault or numbers. */
export type Refusal<Code extends string = string> = {
  refused: Code
  errors?: FieldFault[]
  numbers?: ProblemNumbers
}

export function isRefusal<C extends string>(value: object | Refusal<C>): value is Refusal<C> {
  return 'refused' in value
}
