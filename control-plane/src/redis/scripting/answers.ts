import type { ScriptDefinition } from './define-script.ts'
import { closingBracket, splitList } from './lua-text.ts'
import type { Fields } from './types.ts'

/**
 * Replaces `answer.<variant> { field = value, … }` and `record.<name> { … }` by the arrays that Redis can return, so that
 * names cost nothing at run time. Throws if a name is not in the definition or a value is missing.
 */
export function expandAnswers(source: string, definition: ScriptDefinition): string {
  const variants: Readonly<Record<string, Fields | undefined>> = {
    ...definition.returns,
    ...definition.refuses,
  }
  const records = recordsOf(definition)
  const expand = (text: string): string => {
    let out = ''
    let from = 0
    const constructor = /\b(answer|record)\.(\w+)\s*\{/g
    for (let found = constructor.exec(text); found; found = constructor.exec(text)) {
      const [whole, kind, name = ''] = found
      const open = found.index + whole.length - 1
      const close = closingBracket(text, open)
      const fields = kind === 'answer' ? variants[name] : records.get(name)
      if (!fields) throw new Error(`its definition has no ${kind} ${name}`)
      const values = namedValues(expand(text.slice(open + 1, close)), `${kind}.${name}`)
      const row = rowOf(values, fields, `${kind}.${name}`)
      out += `${text.slice(from, found.index)}{ ${[...(kind === 'answer' ? [`'${name}'`] : []), ...row].join(', ')} }`
      from = close + 1
      constructor.lastIndex = from
    }
    return out + text.slice(from)
  }
  return expand(source)
}

function namedValues(inner: string, where: string): Map<string, string> {
  return new Map(
    splitList(inner).map((part) => {
      const [, name, value] = /^(\w+)\s*=\s*([^]+)$/.exec(part) ?? []
      if (name === undefined || value === undefined)
        throw new Error(`${where} has a value without a name: ${part}`)
      return [name, value]
    }),
  )
}

function rowOf(values: Map<string, string>, fields: Fields, where: string): string[] {
  for (const name of values.keys())
    if (!fields[name]) throw new Error(`${where} has a field ${name} that its definition lacks`)
  return Object.entries(fields).map(([name, type]) => {
    const value = values.get(name)
    if (value !== undefined) return type.replyInLua(value)
    if (type.isOptional) return `''`
    throw new Error(`${where} lacks ${name}`)
  })
}

/** The records that the answers of a script are made of, by name. */
export function recordsOf({ returns, refuses }: ScriptDefinition): Map<string, Fields> {
  const found = new Map<string, Fields>()
  const visit = (fields: Fields): void => {
    for (const type of Object.values(fields)) {
      const inner = type.record
      if (!inner || found.has(inner.name)) continue
      found.set(inner.name, inner.fields)
      visit(inner.fields)
    }
  }
  for (const fields of Object.values({ ...returns, ...refuses })) visit(fields)
  return found
}
