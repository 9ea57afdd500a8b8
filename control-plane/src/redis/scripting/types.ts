/** How a value is passed to a script as one of ARGV, and how it is read from a reply. */

export type Type<T> = {
  /** For the header of the script. */
  readonly doc: string
  readonly about?: string | undefined
  readonly isOptional?: true
  toArg(value: T): string
  /** Lua expression of the value; `arg` is the expression of the argument's text. */
  argInLua(arg: string): string
  /** Lua expression of what Redis can return; `value` is the expression of the value. */
  replyInLua(value: string): string
  fromReply(raw: unknown): T
  /** Set for a record, a list of records or an optional record. */
  readonly record?: { readonly name: string; readonly fields: Fields } | undefined
}

export type Fields = Readonly<Record<string, Type<unknown>>>

type ValueOf<F> = F extends Type<infer T> ? T : never
type OptionalIn<F> = { [K in keyof F]: undefined extends ValueOf<F[K]> ? K : never }[keyof F]

/** The TypeScript value of some fields; those of an optional type may be left out. */
export type Values<F> = { [K in Exclude<keyof F, OptionalIn<F>>]: ValueOf<F[K]> } & {
  [K in OptionalIn<F>]?: ValueOf<F[K]>
}

const asIs = (expression: string): string => expression
const never = (): never => {
  throw new TypeError('this type is for replies only')
}

export const text: Type<string> = {
  doc: 'text',
  toArg: (value) => value,
  argInLua: asIs,
  replyInLua: asIs,
  fromReply: String,
}

/** A whole number: Redis truncates fractions in replies. */
export const int: Type<number> = {
  doc: 'number',
  toArg: String,
  argInLua: (arg) => `tonumber(${arg})`,
  replyInLua: asIs,
  fromReply: Number,
}

export const flag: Type<boolean> = {
  doc: 'flag',
  toArg: (value) => (value ? '1' : '0'),
  argInLua: (arg) => `${arg} == '1'`,
  replyInLua: (value) => `(${value}) and 1 or 0`,
  fromReply: (raw) => Number(raw) === 1,
}

export function oneOf<const T extends string>(...values: readonly T[]): Type<T> {
  return { ...text, doc: values.join(' | '), toArg: (value) => value, fromReply: (raw) => raw as T }
}

/** nil in Lua if it is absent. It is passed as an empty text, which therefore cannot be a value. */
export function optional<T>(type: Type<T>): Type<T | undefined> {
  return {
    doc: type.doc.includes(' ') ? `(${type.doc})?` : `${type.doc}?`,
    isOptional: true,
    toArg: (value) => (value === undefined ? '' : type.toArg(value)),
    argInLua: (arg) => `${arg} ~= '' and ${type.argInLua(arg)} or nil`,
    replyInLua: (value) => `${type.replyInLua(value)} or ''`,
    fromReply: (raw) => (raw === '' ? undefined : type.fromReply(raw)),
    record: type.record,
  }
}

/** Names without commas; in Lua it stays one text, 'a,b'. */
export const names: Type<readonly string[]> = {
  doc: 'names',
  toArg: (value) => value.join(','),
  argInLua: asIs,
  replyInLua: asIs,
  fromReply: (raw) => (raw === '' ? [] : String(raw).split(',')),
}

/** JSON; in Lua it stays text until the script decodes it. `shape` is written into the script's header. */
export function json<T>(shape: string): Type<T> {
  return {
    doc: `JSON ${shape}`,
    toArg: (value) => JSON.stringify(value),
    argInLua: asIs,
    replyInLua: asIs,
    fromReply: (raw) => JSON.parse(String(raw)) as T,
  }
}

/** A Lua array of such values. */
export function list<T>(type: Type<T>): Type<readonly T[]> {
  return {
    doc: `[${type.doc}]`,
    toArg: never,
    argInLua: never,
    replyInLua: asIs,
    fromReply: (raw) => (raw as readonly unknown[]).map((item) => type.fromReply(item)),
    record: type.record,
  }
}

/** A flat Lua array: name, value, name, value, … as HGETALL gives it. */
export function pairs<T>(type: Type<T>): Type<readonly (readonly [name: string, value: T])[]> {
  return {
    doc: `[name, ${type.doc}, …]`,
    toArg: never,
    argInLua: never,
    replyInLua: asIs,
    fromReply(raw) {
      const flat = raw as readonly unknown[]
      return Array.from({ length: flat.length / 2 }, (_, i) => [
        String(flat[2 * i]),
        type.fromReply(flat[2 * i + 1]),
      ])
    },
  }
}

/** Written in Lua as `record.<name> { field = value, … }`. */
export function record<F extends Fields>(name: string, fields: F): Type<Values<F>> {
  return {
    doc: name,
    toArg: never,
    argInLua: never,
    replyInLua: asIs,
    fromReply: fieldReader(fields, 0),
    record: { name, fields },
  }
}

/** The same type with a few words on the value. */
export const about = <T>(words: string, type: Type<T>): Type<T> => ({ ...type, about: words })

/**
 * Reads fields from an array whose first element may be something else. `start`: the object to add them to, a new one for
 * each call.
 */
export function fieldReader<F extends Fields>(
  fields: F,
  skip: 0 | 1,
  start: () => object = () => ({}),
): (raw: unknown) => Values<F> {
  const names = Object.keys(fields)
  const types = Object.values(fields)
  return (raw) => {
    const row = raw as readonly unknown[]
    const value = start() as Record<string, unknown>
    for (let i = 0; i < names.length; i++) value[names[i]!] = types[i]!.fromReply(row[i + skip])
    return value as Values<F>
  }
}
