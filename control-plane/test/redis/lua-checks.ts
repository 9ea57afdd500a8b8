/** Checks of the Lua files. Each fault is a sentence. */
import { KEYS } from '../../src/redis/keys.ts'
import type { ScriptDefinition } from '../../src/redis/scripting/define-script.ts'
import { literal, withoutComments } from '../../src/redis/scripting/lua-text.ts'
import { readCalls, type ScriptCalls } from './lua-calls.ts'
import type { Keys } from './lua-scope.ts'
import { LOADED_NAMES, LUA_NAMES } from './lua-commands.ts'

type Files = ReadonlyMap<string, string>

const readOnce = new Map<string, ScriptCalls>()

/** What each file calls; a file that is no Lua has that as its fault. */
function callsOf(files: Files, keys: Keys): Map<string, ScriptCalls> {
  const calls = new Map<string, ScriptCalls>()
  for (const [file, source] of files) {
    const read = keys === KEYS ? readOnce.get(source) : undefined
    const found = read ?? attempt(source, keys)
    if (keys === KEYS) readOnce.set(source, found)
    calls.set(file, found)
  }
  return calls
}

function attempt(source: string, keys: Keys): ScriptCalls {
  try {
    return readCalls(source, keys)
  } catch (error) {
    return { calls: [], faults: [`is no Lua: ${String(error)}`], globals: new Set() }
  }
}

/** Calls outside of the list of commands, on keys outside of the table or of another type. */
export function callFaults(files: Files, keys: Keys = KEYS): string[] {
  return [...callsOf(files, keys)].flatMap(([file, { faults }]) => faults.map((fault) => `${file}: ${fault}`))
}

/** Fields that scripts use and the table of keys lacks, fields that are not written out, and fields of the table without a use. */
export function fieldFaults(files: Files, keys: Keys = KEYS): string[] {
  const faults: string[] = []
  const used = { reads: new Set<string>(), writes: new Set<string>(), deletes: new Set<string>() }
  for (const [file, { calls }] of callsOf(files, keys))
    for (const { name, command, kind = '', args } of calls) {
      if (command.isPairs && args.length % 2 > 0) faults.push(`${file}: ${name} on ${kind} with half a pair`)
      const fields = keys[kind]?.fields
      if (!fields) continue
      if (command.isWhole) faults.push(`${file}: ${name} on ${kind}, whose fields have names`)
      for (const expression of command.fields?.of(args) ?? []) {
        const field = literal(expression)
        if (field === undefined)
          faults.push(`${file}: ${name} on ${kind} with a field that is not written out: ${expression}`)
        else if (!Object.hasOwn(fields, field))
          faults.push(`${file}: ${name} on ${kind} with the field ${field}, which the table lacks`)
        else used[command.fields?.does ?? 'reads'].add(`${kind}.${field}`)
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
export function keyFaults(files: Files, keys: Keys = KEYS): string[] {
  const faults: string[] = []
  const all = [...files.values()].map(withoutComments).join('\n')
  for (const kind of Object.keys(keys))
    if (!new RegExp(`\\b${kind}Key\\b`).test(all)) faults.push(`no script uses the key ${kind}`)
  for (const [file, source] of files) {
    const code = withoutComments(source)
    for (const [, kind = ''] of code.matchAll(/\b(\w+)Key\b/g))
      if (!Object.hasOwn(keys, kind)) faults.push(`${file}: ${kind}Key, which the table lacks`)
    if (/\b(ARGV|KEYS)\b/.test(code)) faults.push(`${file} takes an argument or key by its position`)
  }
  return faults
}

/** Globals other than those in the list, keys, arguments, and what libraries define. */
export function nameFaults(files: Files, definitions: readonly ScriptDefinition[]): string[] {
  const shared = new Set([
    ...LUA_NAMES,
    ...LOADED_NAMES,
    ...Object.keys(KEYS).map((kind) => `${kind}Key`),
    ...librariesOf(files, definitions).flatMap((file) => exportsOf(files.get(file) ?? '')),
  ])
  return [...callsOf(files, KEYS)].flatMap(([file, { globals }]) => {
    const args = definitions.find((one) => one.file === file)?.args ?? {}
    const unknown = [...globals].filter((name) => !shared.has(name) && !Object.hasOwn(args, name))
    const likeKeys = Object.keys(args).filter((name) => name.endsWith('Key'))
    return [
      ...unknown.map((name) => `${file} uses the global ${name}, which is not in the list of names`),
      ...likeKeys.map((name) => `${file} has the argument ${name}, which is named like a key`),
    ]
  })
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

/** Files that are no script of their own. */
const librariesOf = (files: Files, definitions: readonly ScriptDefinition[]): string[] =>
  [...files.keys()].filter((file) => !definitions.some((one) => one.file === file))

/** Files with an include that they do not use, or without one that they need; libraries that no script includes. */
export function includeFaults(files: Files, definitions: readonly ScriptDefinition[]): string[] {
  const scripts = new Set(definitions.map(({ file }) => file))
  const libraries = librariesOf(files, definitions)
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
