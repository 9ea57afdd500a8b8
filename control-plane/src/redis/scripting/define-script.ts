import type { ProblemCode } from '../../protocol/problems/problem-table.ts'
import { fieldReader, type Fields, type Values } from './types.ts'

type Variants = Readonly<Record<string, Fields>>
type Refusals = Readonly<Partial<Record<ProblemCode, Fields>>>

/**
 * The one definition of a script: its Lua file reads the arguments by these names and answers with
 * `answer.<variant> { field = value, … }`. The header of the file is generated from it.
 */
export type ScriptDefinition<
  Args extends Fields = Fields,
  Item extends Fields = Fields,
  Returns extends Variants = Variants,
  Refuses extends Refusals = Refusals,
> = {
  /** Under lua/, without `.lua`. */
  file: string
  /** What the script does, in a sentence or two. */
  purpose: string
  /** Checks that no write that a replica has seen acknowledged was lost: lua/lib/write-clock.lua. */
  writeClock?: boolean
  args: Args
  /** Arguments that repeat: `for item in each() do … item.name … end`. */
  each?: Item
  /** Answers by variant. */
  returns: Returns
  /** Refusals by problem code; the fields are those that the refusal carries. */
  refuses?: Refuses
  /** Whether the reply is one answer, or an array of one answer per item. */
  replies?: 'once' | 'per-item'
}

type VariantValues<V> = { [T in keyof V]: { answer: T } & Values<V[T]> }[keyof V]
type RefusalValues<R> = { [C in keyof R]: { refused: C } & Values<R[C]> }[keyof R]

export type AnswerOf<D> =
  | (D extends { returns: infer Returns } ? VariantValues<Returns> : never)
  | (D extends { refuses: infer Refuses } ? RefusalValues<Refuses> : never)
export type ArgsOf<D> = D extends { args: infer Args } ? Values<Args> : never
export type ItemOf<D> = D extends { each: infer Item } ? Values<Item> : never
export type ReplyOf<D> = D extends { replies: 'per-item' } ? AnswerOf<D>[] : AnswerOf<D>

/** Keeps the literal types of a definition; the types of its callers are derived from them. */
export function defineScript<const D extends ScriptDefinition>(definition: D): D {
  return definition
}

/** ARGV after the write clock: `args`, then each item's fields, in the order of the definition. */
export function argvEncoder<D extends ScriptDefinition>(
  definition: D,
): (argv: string[], args: ArgsOf<D>, items: readonly ItemOf<D>[]) => string[] {
  const pushArgs = fieldPusher(definition.args)
  const pushItem = fieldPusher(definition.each ?? {})
  return (argv, args, items) => {
    pushArgs(argv, args)
    for (const item of items) pushItem(argv, item)
    return argv
  }
}

/** On the path of every join and report, so it uses indexed loops instead of iterators. */
function fieldPusher(fields: Fields): (argv: string[], values: object) => void {
  const names = Object.keys(fields)
  const types = Object.values(fields)
  return (argv, values) => {
    const one = values as Readonly<Record<string, unknown>>
    for (let i = 0; i < names.length; i++) argv.push(types[i]!.toArg(one[names[i]!]))
  }
}

/** Reads one answer: an array of the variant's name, or the problem code, and its fields. */
export function answerDecoder<D extends ScriptDefinition>(definition: D): (raw: unknown) => AnswerOf<D> {
  const readers = new Map<string, (raw: unknown) => unknown>()
  for (const [answer, fields] of Object.entries(definition.returns))
    readers.set(
      answer,
      fieldReader(fields, 1, () => ({ answer })),
    )
  for (const [refused, fields] of Object.entries(definition.refuses ?? {}))
    readers.set(
      refused,
      fieldReader(fields, 1, () => ({ refused })),
    )
  return (raw) => {
    const [name] = raw as readonly unknown[]
    const read = readers.get(String(name))
    if (!read) throw new TypeError(`${definition.file} answered ${String(name)}, which its definition lacks`)
    return read(raw) as AnswerOf<D>
  }
}
