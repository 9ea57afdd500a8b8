import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { OFFLINE_EPOCHS } from '../../protocol/epochs.ts'
import { PLACEMENT } from '../../tuning/placement.ts'
import { keyFunctions } from '../keys.ts'
import { expandAnswers } from './answers.ts'
import { argumentLocals, checkItemFields, checkNames } from './arguments.ts'
import type { ScriptDefinition } from './define-script.ts'
import { withoutComments } from './lua-text.ts'

export type Script = { name: string; source: string; sha: string }

/** Lua sources in place of files, by their names without `.lua`: tests supply a clock and a random source. */
export type Includes = Readonly<Record<string, string>>

const folder = new URL('../lua/', import.meta.url)
const read = (path: string): string => readFileSync(new URL(`${path}.lua`, folder), 'utf8')

/** What scripts find under `limits`. */
const LIMITS: Readonly<Record<string, number>> = { ...PLACEMENT, offlineEpochs: OFFLINE_EPOCHS }

/**
 * The source that Redis runs: key functions, limits and arguments by name, the included files, each once and after what
 * it includes itself, then the script. `answer.<variant> { … }` and `record.<name> { … }` become the arrays that Redis can
 * return, so that a name costs nothing at run time. Throws where the script and its definition do not fit together.
 */
export function loadScript(definition: ScriptDefinition, replace: Includes = {}): Script {
  const { file, writeClock } = definition
  const { libraries, hasChanges } = resolveIncludes(definition, replace)
  const check = <T>(act: () => T): T => {
    try {
      return act()
    } catch (error) {
      throw new Error(`lua/${file}.lua: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    }
  }
  const code = check(() => {
    const complete = (source: string) => expandAnswers(withoutComments(source), definition)
    return { shared: complete(libraries.join('\n')), body: complete(replace[file] ?? read(file)) }
  })
  const all = code.shared + code.body
  check(() => checkItemFields(all, definition))
  check(() => checkNames(code.shared, definition))
  // With this first line Redis refuses a script that touches a key of another slot, even if one node has both slots.
  const source = [
    '#!lua',
    'local shardPrefix = KEYS[1]',
    limitsTable(all, file),
    keyFunctions(all),
    writeClock ? 'local knownWriteClock = tonumber(ARGV[1])' : '',
    code.shared,
    argumentLocals(definition),
    `local function run()\n${code.body}\nend`,
    'local reply = run()',
    hasChanges ? 'writeChanges()' : '',
    writeClock ? 'return { writeClock, reply }' : 'return reply',
  ]
    .filter(Boolean)
    .join('\n')
    .replace(/\n\s*\n+/g, '\n')
  return { name: file, source, sha: createHash('sha1').update(source).digest('hex') }
}

function resolveIncludes(
  { file, writeClock }: ScriptDefinition,
  replace: Includes,
): { libraries: string[]; hasChanges: boolean } {
  const found = new Map<string, string>()
  const open: string[] = []
  const include = (source: string): void => {
    for (const [, name = ''] of source.matchAll(/^-- @include (\S+)$/gm)) {
      if (found.has(name)) continue
      if (open.includes(name)) throw new Error(`lua/${name}.lua includes itself through ${open.join(', ')}`)
      open.push(name)
      const text = replace[name] ?? read(name)
      include(text)
      found.set(name, text)
      open.pop()
    }
  }
  include(`${replace[file] ?? read(file)}${writeClock ? '\n-- @include lib/write-clock\n' : ''}`)
  return { libraries: [...found.values()], hasChanges: found.has('lib/changes') }
}

function limitsTable(source: string, file: string): string {
  const used = new Set([...source.matchAll(/\blimits\.(\w+)/g)].map(([, name = '']) => name))
  const fields = [...used].map((name) => {
    if (LIMITS[name] === undefined) throw new Error(`lua/${file}.lua: there is no limit ${name}`)
    return `${name} = ${LIMITS[name]}`
  })
  return fields.length === 0 ? '' : `local limits = { ${fields.join(', ')} }`
}
