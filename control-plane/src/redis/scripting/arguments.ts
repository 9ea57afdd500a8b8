import type { ScriptDefinition } from './define-script.ts'

/** `local title = ARGV[3]` for each argument, and `each()` for those that repeat. */
export function argumentLocals({ args, each, writeClock }: ScriptDefinition): string {
  const first = writeClock ? 2 : 1
  const entries = Object.entries(args)
  const locals = entries.map(([name, type], i) => `local ${name} = ${type.argInLua(`ARGV[${first + i}]`)}`)
  if (each) {
    const fields = Object.entries(each)
    // One table for all items: a new one for each would cost a tenth of a placement.
    const values = fields.map(([, type], i) => type.argInLua(`ARGV[at + ${i}]`))
    locals.push(`local function each()
  local item, at = {}, ${first + entries.length - fields.length}
  return function()
    at = at + ${fields.length}
    if at > #ARGV then return nil end
    ${fields.map(([name]) => `item.${name}`).join(', ')} =
      ${values.join(', ')}
    return item
  end
end`)
  }
  return locals.join('\n')
}

export function checkItemFields(source: string, { each }: ScriptDefinition): void {
  const variable = /\bfor (\w+) in each\(\)/.exec(source)?.[1]
  if (!variable !== !each)
    throw new Error(each ? 'it does not read its items with each()' : 'it has no items')
  if (!variable || !each) return
  for (const [, field = ''] of source.matchAll(new RegExp(`\\b${variable}\\.(\\w+)`, 'g')))
    if (!each[field]) throw new Error(`it reads ${variable}.${field}, which its definition lacks`)
}

/** An argument must not hide a name of an included file. */
export function checkNames(shared: string, { args }: ScriptDefinition): void {
  const taken = new Set(
    [...shared.matchAll(/^local (?:function )?(\w+(?:, \w+)*)/gm)].flatMap(([, all = '']) => all.split(', ')),
  )
  for (const name of Object.keys(args))
    if (taken.has(name)) throw new Error(`the argument ${name} has the name of something that it includes`)
}
