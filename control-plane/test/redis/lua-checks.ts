/** Checks of the Lua files. Each fault is a sentence. */
import { KEYS } from '../../src/redis/keys.ts'
import type { KeyKind } from '../../src/redis/keys/key-kind.ts'
import type { ScriptDefinition } from '../../src/redis/scripting/define-script.ts'
import { closingBracket, literal, splitList, withoutComments } from '../../src/redis/scripting/lua-text.ts'

type Files = ReadonlyMap<string, string>

/** For each command on hashes, which arguments after the key are fields, and what it does with them. */
const HASH_COMMANDS: Readonly<
  Record<string, { fields: (args: string[]) => string[]; does: 'reads' | 'writes' | 'deletes' }>
> = {
  HSET: { fields: (args) => args.filter((_, i) => i % 2 === 0), does: 'writes' },
  HSETNX: { fields: (args) => args.slice(0, 1), does: 'writes' },
  HINCRBY: { fields: (args) => args.slice(0, 1), does: 'writes' },
  HGET: { fields: (args) => args.slice(0, 1), does: 'reads' },
  HMGET: { fields: (args) => args, does: 'reads' },
  HEXISTS: { fields: (args) => args.slice(0, 1), does: 'reads' },
  HDEL: { fields: (args) => args, does: 'deletes' },
  HGETALL: { fields: () => [], does: 'reads' },
  HKEYS: { fields: () => [], does: 'reads' },
}

type HashUse = { kind: string; command: string; fields: readonly string[] }

/** The kind of a key expression: `roomKey(id)`, `metaKey`, or a local that was set to one of these before. */
function kindOf(expression: string, before: string): string | undefined {
  const kind = /^(\w+)Key(?:\(|$)/.exec(expression)?.[1]
  if (kind !== undefined) return kind
  const aliases = [...before.matchAll(new RegExp(`\\blocal ${expression}\\b[^=\\n]*= (\\w+)Key\\b`, 'g'))]
  return aliases.at(-1)?.[1]
}

function hashUses(source: string): HashUse[] {
  const code = withoutComments(source)
  return [...code.matchAll(/redis\.call\(/g)].flatMap(({ index }) => {
    const open = index + 'redis.call'.length
    const [command = '', key = '', ...args] = splitList(code.slice(open + 1, closingBracket(code, open)))
    const name = literal(command) ?? ''
    const known = HASH_COMMANDS[name]
    if (!known) return []
    return [{ kind: kindOf(key, code.slice(0, index)) ?? key, command: name, fields: known.fields(args) }]
  })
}

/** Fields that scripts use and the table of keys lacks, fields that are not written out, and fields of the table without a use. */
export function fieldFaults(files: Files, keys: Readonly<Record<string, KeyKind>> = KEYS): string[] {
  const faults: string[] = []
  const used = { reads: new Set<string>(), writes: new Set<string>(), deletes: new Set<string>() }
  for (const [file, source] of files)
    for (const { kind, command, fields } of hashUses(source)) {
      const key = keys[kind]
      if (!key || key.type !== 'hash')
        faults.push(`${file}: ${command} on ${kind}, which is no hash of the table`)
      else if (key.fields) {
        if (command === 'HGETALL') faults.push(`${file}: HGETALL on ${kind}, whose fields have names`)
        for (const expression of fields) {
          const field = literal(expression)
          if (field === undefined)
            faults.push(`${file}: ${command} on ${kind} with a field that is not written out: ${expression}`)
          else if (!key.fields[field])
            faults.push(`${file}: ${command} on ${kind} with the field ${field}, which the table lacks`)
          else used[HASH_COMMANDS[command]?.does ?? 'reads'].add(`${kind}.${field}`)
        }
      }
    }
  for (const [kind, { fields = {} }] of Object.entries(keys))
    for (const field of Object.keys(fields)) {
      if (!used.writes.has(`${kind}.${field}`)) faults.push(`no script writes the field ${kind}.${field}`)
      if (!used.reads.has(`${kind}.${field}`)) faults.push(`no script reads the field ${kind}.${field}`)
    }
  return faults
}

/** Keys of the table that no script uses, and keys and arguments that a script takes by position. */
export function keyFaults(files: Files, keys: Readonly<Record<string, KeyKind>> = KEYS): string[] {
  const faults: string[] = []
  const all = [...files.values()].map(withoutComments).join('\n')
  for (const kind of Object.keys(keys))
    if (!new RegExp(`\\b${kind}Key\\b`).test(all)) faults.push(`no script uses the key ${kind}`)
  for (const [file, source] of files) {
    const code = withoutComments(source)
    for (const [, kind = ''] of code.matchAll(/\b(\w+)Key\b/g))
      if (!keys[kind]) faults.push(`${file}: ${kind}Key, which the table lacks`)
    if (/\b(ARGV|KEYS)\b/.test(code)) faults.push(`${file} takes an argument or key by its position`)
    if (/redis\.pcall|redis\.call(?!\()/.test(code))
      faults.push(`${file} calls Redis in a way that cannot be checked`)
    if (/shardPrefix \.\./.test(code)) faults.push(`${file} builds a key of its own`)
  }
  return faults
}

/** Arguments that a script never reads. */
export function argumentFaults(files: Files, definitions: readonly ScriptDefinition[]): string[] {
  return definitions.flatMap(({ file, args, each = {} }) => {
    const code = withoutComments(
      [file, ...includesOf(file, files)].map((name) => files.get(name) ?? '').join('\n'),
    )
    const unused = [
      ...Object.keys(args).filter(
        (name) => !new RegExp(`(?<![.\\w])${name}\\b`).test(withoutComments(files.get(file) ?? '')),
      ),
      ...Object.keys(each).filter((name) => !new RegExp(`\\.${name}\\b`).test(code)),
    ]
    return unused.map((name) => `${file} does not read its argument ${name}`)
  })
}

const directIncludes = (source: string): string[] =>
  [...source.matchAll(/^-- @include (\S+)$/gm)].map(([, name = '']) => name)

function includesOf(file: string, files: Files, seen = new Set<string>()): Set<string> {
  for (const name of directIncludes(files.get(file) ?? ''))
    if (!seen.has(name)) {
      seen.add(name)
      includesOf(name, files, seen)
    }
  return seen
}

/** What a file defines for those that include it. */
function exportsOf(source: string): string[] {
  const code = withoutComments(source)
  return [
    ...[...code.matchAll(/^local function (\w+)/gm)].map(([, name = '']) => name),
    ...[...code.matchAll(/^local (\w+(?:, \w+)*)(?: =|$)/gm)].flatMap(([, names = '']) => names.split(', ')),
  ]
}

/** Files with an include that they do not use, or without one that they need; libraries that no script includes. */
export function includeFaults(files: Files, definitions: readonly ScriptDefinition[]): string[] {
  const scripts = new Set(definitions.map(({ file }) => file))
  const libraries = [...files.keys()].filter((file) => !scripts.has(file))
  const definers = new Map(
    libraries.flatMap((file) => exportsOf(files.get(file) ?? '').map((name) => [name, file] as const)),
  )
  const faults: string[] = []
  for (const [file, source] of files) {
    const code = withoutComments(source).replace(/'[^'\n]*'/g, "''")
    const own = new Set(Object.keys(definitions.find((one) => one.file === file)?.args ?? {}))
    const used = new Map<string, string>()
    for (const [, name = ''] of code.matchAll(/(?<![.\w])(\w+)\b(?!\s*=[^=])/g)) {
      const definedIn = definers.get(name)
      if (definedIn !== undefined && definedIn !== file && !own.has(name)) used.set(definedIn, name)
    }
    const included = directIncludes(source)
    for (const [definedIn, name] of used)
      if (!included.includes(definedIn))
        faults.push(`${file} uses ${name} of ${definedIn} without an include`)
    for (const name of included)
      if (!used.has(name)) faults.push(`${file} includes ${name} and uses nothing of it`)
  }
  for (const file of libraries)
    if (![...scripts].some((script) => includesOf(script, files).has(file)))
      faults.push(`no script includes ${file}`)
  for (const script of scripts)
    if (!files.has(script)) faults.push(`there is no file for the script ${script}`)
  return faults
}
