// Checks the licences of the production dependencies. A licence that is not in the list needs a decision.
import type { Component } from './bill-of-materials.ts'

/** SPDX ids that ask for no more than to keep their text. */
export const ALLOWED: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
])

/** Package → the licence that it has and why it may be used. */
export const EXCEPTIONS: Readonly<Record<string, { licence: string; because: string }>> = {
  '@fontsource-variable/inter': {
    licence: 'OFL-1.1',
    because: 'a font, served unmodified in its subset; the OFL allows bundling with software',
  },
  'caniuse-lite': {
    licence: 'CC-BY-4.0',
    because: 'data of a build tool, a peer of the message macros; no part of it is served',
  },
}

/** A sentence for each package whose licence is not allowed, and for each exception that no package needs. */
export function findLicenceFaults(
  components: readonly Component[],
  exceptions: typeof EXCEPTIONS = EXCEPTIONS,
): string[] {
  const unused = new Set(Object.keys(exceptions))
  const faults = components.flatMap((component) => {
    const name = component.group ? `${component.group}/${component.name}` : component.name
    const licence = licenceOf(component)
    if (isAllowed(licence)) return []
    if (exceptions[name]?.licence === licence) {
      unused.delete(name)
      return []
    }
    return [`${name}@${component.version} is under ${licence || 'no licence'}, which is not allowed.`]
  })
  const idle = [...unused].map((name) => `The exception for ${name} is not needed any more: remove it.`)
  return [...faults, ...idle]
}

/** An SPDX expression; empty: none. */
function licenceOf({ licenses = [] }: Component): string {
  return licenses
    .map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? '')
    .join(' AND ')
    .replace(/^\(([^()]*)\)$/, '$1')
}

/** Of alternatives one has to be allowed, of parts that apply together all. Exceptions to a licence are not known. */
export function isAllowed(expression: string): boolean {
  const inner = /\(([^()]*)\)/.exec(expression)
  if (inner) return isAllowed(expression.replace(inner[0], isAllowed(inner[1] ?? '') ? 'MIT' : 'not-allowed'))
  return expression
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((id) => ALLOWED.has(id.trim())))
}
