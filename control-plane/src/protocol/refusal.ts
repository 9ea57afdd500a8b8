/** A field of a request that was not accepted. The message never repeats its value. */
export type FieldFault = { field: string; message: string }

/** A refusal is a value: a code of the problem table and, where it helps, the fields at fault. */
export type Refusal<Code extends string = string> = {
  refused: Code
  errors?: FieldFault[]
}

export function isRefusal<C extends string>(value: object | Refusal<C>): value is Refusal<C> {
  return 'refused' in value
}
