/** A refusal is a value with a code of the contract's closed list; `errors` names fields, never their values. */
export type Refusal<Code extends string = string> = {
  refused: Code
  errors?: { field: string; message: string }[]
}

export function isRefusal<C extends string>(value: object | Refusal<C>): value is Refusal<C> {
  return 'refused' in value
}
