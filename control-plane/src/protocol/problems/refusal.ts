/** A field of a request that was not accepted, as a JSON pointer. The message never repeats its value. */
export type FieldFault = { field: string; message: string }

/** Extension members of a problem (RFC 9457): what a client needs to word a refusal itself, or to go on. */
export type ProblemMembers = {
  /** drain_does_not_fit: tracks of the node's rooms, and tracks that are free for them on other nodes. */
  needTracks?: number
  freeTracks?: number
  /** proof_of_work_required: what is to be hashed. */
  challenge?: string
}

/** A refusal is a value: a code of the problem table and, where it helps, the fields at fault or other members. */
export type Refusal<Code extends string = string> = {
  refused: Code
  errors?: FieldFault[]
  members?: ProblemMembers
}

export function isRefusal<C extends string>(value: object | Refusal<C>): value is Refusal<C> {
  return 'refused' in value
}
