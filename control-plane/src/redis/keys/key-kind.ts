/** ms: milliseconds of Redis's clock. ppm: millionths of a node's capacity. flag: 1, else 0 or absent. */
type Unit = 'text' | 'number' | 'ms' | 'ppm' | 'tracks' | 'flag'
type Field = { unit: Unit; about: string; optional?: true }

export type KeyKind = {
  /** What follows the shard prefix. */
  name: string
  /** There is one key for each of these; absent: one key per shard. */
  of?: 'roomId' | 'node' | 'site' | 'session'
  type: 'hash' | 'set' | 'zset' | 'string' | 'stream'
  about: string
  /** Fields of a record, in the order in which they are written: Redis looks them up one by one. */
  fields?: Readonly<Record<string, Field>>
  /** Entries of any other hash, sorted set or stream: `<field, member or id> → <value or score>`. */
  entries?: string
}

const field =
  (unit: Unit) =>
  (about = ''): Field => ({ unit, about })
export const [text, number, ms, ppm, tracks, flag] = [
  field('text'),
  field('number'),
  field('ms'),
  field('ppm'),
  field('tracks'),
  field('flag'),
]
/** An optional field. */
export const maybe = (known: Field): Field => ({ ...known, optional: true })
