// Prints the failover's tables for docs/meeting-connections.md. Run as a script it updates that page.
import { readFileSync, writeFileSync } from 'node:fs'
import type { Link } from '../../../src/meeting/connections/connection.ts'
import { LINK_REACTIONS, LINK_TRANSITIONS } from '../../../src/meeting/failover/machine/links.ts'
import { SILENCE_REACTIONS } from '../../../src/meeting/failover/machine/media.ts'
import { EVENT_RULES } from '../../../src/meeting/failover/machine/transitions.ts'

type Named = { readonly name: string }

export const PAGE = new URL('../../../../docs/meeting-connections.md', import.meta.url)

const names = (all: readonly Named[]) => all.map(({ name }) => `\`${name}\``).join(', ') || 'nothing'
const guardOf = (guard: Named | undefined) => (guard ? `\`${guard.name}\`` : '')
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

/** An arrow for each pair of links, with all signals that lead along it. */
function linkDiagram(): string {
  const arrows = Object.entries(LINK_TRANSITIONS).flatMap(([from, signals]) => {
    const byTarget = Object.groupBy(Object.entries(signals), ([, to]) => to)
    return Object.entries(byTarget).map(
      ([to, pairs]) => `  ${from} --> ${to}: ${pairs.map(([signal]) => signal).join(', ')}`,
    )
  })
  return ['```mermaid', 'stateDiagram-v2', '  [*] --> connecting', ...arrows, '```'].join('\n')
}

const linkReactions = () =>
  table(
    ['phase', 'role', 'link is now', 'if', 'then'],
    LINK_REACTIONS.map(({ phase, role = 'any', links, guard, actions }) => [
      phase,
      role,
      links.join(', '),
      guardOf(guard),
      names(actions),
    ]),
  )

const silenceReactions = () =>
  table(
    ['silence', 'then'],
    Object.entries(SILENCE_REACTIONS).map(([what, actions]) => [what, names(actions)]),
  )

const events = () =>
  table(
    ['event', 'if', 'then'],
    Object.entries(EVENT_RULES).flatMap(([event, rules]) =>
      rules.map(({ guard, actions }, at) => [at === 0 ? event : '', guardOf(guard), names(actions)]),
    ),
  )

const SECTIONS: Record<string, () => string> = {
  'link-diagram': linkDiagram,
  'link-reactions': linkReactions,
  'silence-reactions': silenceReactions,
  events,
}

/** The page with its tables as the code has them. Throws when a marker is missing. */
export function withTables(page: string): string {
  let updated = page
  for (const [section, print] of Object.entries(SECTIONS)) {
    const [begin, end] = [`<!-- begin ${section} -->`, `<!-- end ${section} -->`]
    const [from, to] = [updated.indexOf(begin), updated.indexOf(end)]
    if (from < 0 || to < from) throw new Error(`${section} has no place in ${PAGE.pathname}`)
    updated = `${updated.slice(0, from)}${begin}\n\n${print()}\n\n${updated.slice(to)}`
  }
  return updated
}

/** Every guard and action of the tables. */
export function namesInTables(): ReadonlySet<string> {
  const rules = [...LINK_REACTIONS, ...Object.values(EVENT_RULES).flat()]
  const all: readonly Named[] = [
    ...rules.flatMap(({ guard, actions }): Named[] => [...(guard ? [guard] : []), ...actions]),
    ...Object.values(SILENCE_REACTIONS).flat(),
  ]
  return new Set(all.map(({ name }) => name))
}

export const LINKS = Object.keys(LINK_TRANSITIONS) as Link[]

if (import.meta.main) writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8')))
