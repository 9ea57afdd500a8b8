/** The Lua files and what is generated from the definitions of scripts and keys. */
import { readdirSync, readFileSync } from 'node:fs'
import { KEYS } from '../../src/redis/keys.ts'
import type { KeyKind } from '../../src/redis/keys/key-kind.ts'
import type { ScriptDefinition } from '../../src/redis/scripting/define-script.ts'
import { recordsOf } from '../../src/redis/scripting/answers.ts'
import type { Fields } from '../../src/redis/scripting/types.ts'
import * as nodes from '../../src/redis/scripts/nodes.ts'
import * as operators from '../../src/redis/scripts/operators.ts'
import * as placement from '../../src/redis/scripts/placement.ts'
import * as reports from '../../src/redis/scripts/reports.ts'
import * as rooms from '../../src/redis/scripts/rooms.ts'
import * as shards from '../../src/redis/scripts/shards.ts'
import * as sites from '../../src/redis/scripts/sites.ts'
import * as tenants from '../../src/redis/scripts/tenants.ts'

const LUA = new URL('../../src/redis/lua/', import.meta.url)
const KEYS_PAGE = new URL('../../../docs/redis-keys.md', import.meta.url)
const WIDTH = 120

const isDefinition = (value: object): value is ScriptDefinition => 'file' in value

export const DEFINITIONS: readonly ScriptDefinition[] = [
  rooms,
  placement,
  nodes,
  reports,
  sites,
  shards,
  tenants,
  operators,
].flatMap((module) => Object.values<object>(module).filter(isDefinition))

/** Every Lua file by its path under lua/, without `.lua`. */
export function luaFiles(): Map<string, string> {
  const paths = readdirSync(LUA, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.lua'),
  )
  return new Map(
    paths.toSorted().map((path) => [path.slice(0, -'.lua'.length), readFileSync(new URL(path, LUA), 'utf8')]),
  )
}

function wrapped(text: string, first: string, rest: string): string[] {
  const lines: string[] = []
  let line = first
  let isStart = true
  for (const word of text.split(' ')) {
    if (!isStart && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = rest
      isStart = true
    }
    line += isStart ? word : ` ${word}`
    isStart = false
  }
  return [...lines, line]
}

const named = (fields: Fields): string[] =>
  Object.entries(fields).flatMap(([name, { doc, about }]) =>
    wrapped(`${name}: ${doc}${about ? `, ${about}` : ''}`, '--   ', '--     '),
  )

function answerLines(answers: Readonly<Record<string, Fields>>): string[] {
  return Object.entries(answers).flatMap(([name, fields]) => [
    `--   ${name}`,
    ...named(fields).map((line) => line.replace('--', '--  ')),
  ])
}

/** The comment that a script begins with, up to its first empty line. */
export function headerOf(definition: ScriptDefinition): string {
  const { purpose, writeClock, args, each, returns, refuses, replies } = definition
  const items = each ? ['-- For each item', ...named(each)] : []
  return [
    ...wrapped(purpose, '-- ', '-- '),
    '-- Arguments',
    '--   KEYS[1]: shard prefix',
    ...(writeClock ? ['--   knownWriteClock: number, the highest that this replica has seen'] : []),
    ...named(args),
    ...items,
    `-- Answers${replies === 'per-item' ? ', one for each item' : ''}`,
    ...answerLines({ ...returns, ...refuses }),
    ...[...recordsOf(definition)].flatMap(([name, fields]) => [`-- Record ${name}`, ...named(fields)]),
    '-- This header is generated from the definition of the script in redis/scripts.',
    '',
  ].join('\n')
}

const headerEnd = (source: string): number =>
  source.startsWith('-- @include') ? 0 : source.indexOf('\n\n') + 2

/** The same file with the header of its definition. */
export const withHeader = (source: string, definition: ScriptDefinition): string =>
  `${headerOf(definition)}\n${source.slice(headerEnd(source))}`

/** docs/redis-keys.md. */
export function keysPage(): string {
  const sections = Object.values<KeyKind>(KEYS).map(({ name, of, type, about, fields, entries }) => {
    const lines = Object.entries(fields ?? {}).map(
      ([field, { unit, about: words, optional }]) =>
        `- \`${field}\` (${unit}${optional ? ', optional' : ''})${words ? `: ${words}` : ''}`,
    )
    return [
      `## \`<prefix>:${name}${of ? `:<${of}>` : ''}\``,
      `A ${type === 'zset' ? 'sorted set' : type}. ${about}${entries ? ` Entries: ${entries}.` : ''}`,
      ...(lines.length > 0 ? [lines.join('\n')] : []),
    ].join('\n\n')
  })
  return `${[
    '# Redis keys',
    'Generated from `control-plane/src/redis/keys.ts` by `node control-plane/test/redis/write-generated.ts`.',
    'Every key begins with a shard prefix. A single Redis has one shard, `{lv}`, for all sites. A Cluster has `{lv}` for data of all sites and one shard per site, `{lv01}` … `{lvzz}`; the record of a room is in the shard that the first letters of its id name. All keys that a script touches are in one shard.',
    'Times (ms) are milliseconds of Redis’s clock. Shares (ppm) are millionths of a node’s capacity. Flags are 1, else 0 or absent.',
    ...sections,
  ].join('\n\n')}\n`
}

/** Every generated file: its address, and what it should contain. */
export function generatedFiles(): { url: URL; content: string }[] {
  const files = luaFiles()
  return [
    { url: KEYS_PAGE, content: keysPage() },
    ...DEFINITIONS.map((definition) => ({
      url: new URL(`${definition.file}.lua`, LUA),
      content: withHeader(files.get(definition.file) ?? '', definition),
    })),
  ]
}
