/** ms: milliseconds of Redis's clock. ppm: millionths of a node's capacity. flag: 1, else 0 or absent. */
type Unit = 'text' | 'number' | 'ms' | 'ppm' | 'tracks' | 'flag'
type Field = { unit: Unit; about: string; optional?: true }

export type KeyKind = {
  /** What follows the shard prefix. */
  name: string
  /** What the key is for one of; absent: there is one in a shard. */
  of?: 'roomId' | 'node' | 'site'
  type: 'hash' | 'set' | 'zset' | 'string'
  about: string
  /** Of a hash with fixed fields, in the order in which a record is written: Redis looks fields up one by one. */
  fields?: Readonly<Record<string, Field>>
  /** Of any other hash or a sorted set: what is kept by what. */
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
/** A field that a record may lack. */
export const maybe = (known: Field): Field => ({ ...known, optional: true })
