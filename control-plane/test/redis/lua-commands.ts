/** What a script may use: commands by the type of their key, and names. Everything else is a fault. */
import type { KeyKind } from '../../src/redis/keys/key-kind.ts'

export type Use = 'reads' | 'writes' | 'deletes'

export type Command = {
  /** Type of its key; 'any': keys of every type, 'none': it has no key. */
  on: KeyKind['type'] | 'any' | 'none'
  /** Every argument is a key, not only the first. */
  isAllKeys?: true
  /** For commands on hashes: which arguments after the key are fields, and what it does with them. */
  fields?: { of: (args: readonly string[]) => readonly string[]; does: Use }
  /** Its arguments after the key are pairs of a field and a value. */
  isPairs?: true
  /** It returns fields without naming them, which is for hashes whose fields have no names in the table. */
  isWhole?: true
}

const first = (args: readonly string[]) => args.slice(0, 1)
const every = (args: readonly string[]) => args
const oddOnes = (args: readonly string[]) => args.filter((_, i) => i % 2 === 0)

const onType = (on: Command['on'], ...names: string[]): Record<string, Command> =>
  Object.fromEntries(names.map((name) => [name, { on }]))

const COMMANDS = new Map<string, Command>(
  Object.entries({
    ...onType('none', 'TIME'),
    ...onType('any', 'PEXPIRE', 'PEXPIREAT', 'PTTL'),
    DEL: { on: 'any', isAllKeys: true },
    EXISTS: { on: 'any', isAllKeys: true },
    ...onType('string', 'GET', 'SET'),
    ...onType('set', 'SADD', 'SCARD', 'SISMEMBER', 'SMEMBERS', 'SRANDMEMBER', 'SREM'),
    ...onType(
      'zset',
      'ZADD',
      'ZCARD',
      'ZCOUNT',
      'ZRANGEBYLEX',
      'ZRANGEBYSCORE',
      'ZREM',
      'ZREVRANGE',
      'ZSCORE',
    ),
    HSET: { on: 'hash', fields: { of: oddOnes, does: 'writes' }, isPairs: true },
    HSETNX: { on: 'hash', fields: { of: first, does: 'writes' } },
    HINCRBY: { on: 'hash', fields: { of: first, does: 'writes' } },
    HGET: { on: 'hash', fields: { of: first, does: 'reads' } },
    HMGET: { on: 'hash', fields: { of: every, does: 'reads' } },
    HDEL: { on: 'hash', fields: { of: every, does: 'deletes' } },
    HGETALL: { on: 'hash', isWhole: true },
    HKEYS: { on: 'hash', isWhole: true },
    HLEN: { on: 'hash' },
    ...onType('stream', 'XADD', 'XREVRANGE'),
  } satisfies Record<string, Command>),
)

/** By its name in upper case. */
export const commandOf = (name: string): Command | undefined => COMMANDS.get(name)

/** Functions of the scripts whose first argument is a key, and its type. */
export const KEY_ARGUMENTS: ReadonlyMap<string, KeyKind['type']> = new Map([['drawMembers', 'set']])

/** Globals of Lua in Redis. */
export const LUA_NAMES: ReadonlySet<string> = new Set([
  'cjson',
  'ipairs',
  'math',
  'pairs',
  'redis',
  'string',
  'table',
  'tonumber',
  'unpack',
])

/** What load-script.ts puts in front of a script or replaces in it. */
export const LOADED_NAMES: ReadonlySet<string> = new Set([
  'answer',
  'each',
  'knownWriteClock',
  'limits',
  'record',
  'shardPrefix',
])

/** Functions that return one value. A call of any other function may add arguments where it is the last one. */
export const ONE_VALUE =
  /^(?:tonumber|redis\.call|math\.(?:ceil|floor|max|min|sqrt)|string\.(?:format|sub)|\w+Key)$/
