import type { SiteSettings } from '@levee/control-plane/contract'
import type { FieldError } from '../../api/client.ts'

/** The lists as they are typed: one entry a line. */
export type Draft = Omit<SiteSettings, 'ranges' | 'fallback'> & { ranges: string; fallback: string }
export type Field = keyof SiteSettings

export const draftOf = (settings: SiteSettings): Draft => ({
  ...settings,
  ranges: settings.ranges.join('\n'),
  fallback: settings.fallback.join('\n'),
})

export const settingsOf = (draft: Draft): SiteSettings => ({
  ...draft,
  ranges: entries(draft.ranges),
  fallback: entries(draft.fallback.toLowerCase()),
})

/** Pasted lists come with commas, blank lines and doubles. */
const entries = (text: string) => [...new Set(text.split(/[\s,;]+/).filter(Boolean))]

/** Sites in the fallback order that nobody has heard of: allowed, they may enrol later, but often a slip. */
export const unknownSites = (draft: Draft, known: ReadonlySet<string>) =>
  settingsOf(draft).fallback.filter((site) => !known.has(site))

/** Faults by field, in words that name the entry. What belongs to no field is under `other`. */
export function faultsOf(
  errors: readonly FieldError[],
  sent: SiteSettings,
): ReadonlyMap<Field | 'other', readonly string[]> {
  const faults = new Map<Field | 'other', string[]>()
  for (const { field, message } of errors) {
    const [, name = '', index] = field.split('/')
    const at = isField(name, sent) ? name : 'other'
    const list = at === 'ranges' || at === 'fallback' ? sent[at] : undefined
    const entry = index === undefined ? undefined : list?.[Number(index)]
    const words = wordsOf(at, entry, message)
    faults.set(at, [...(faults.get(at) ?? []), words])
  }
  return faults
}

const isField = (name: string, sent: SiteSettings): name is Field => name in sent

function wordsOf(field: Field | 'other', entry: string | undefined, message: string): string {
  if (entry === undefined) return `This ${message}.`
  // The pattern itself is nothing to read.
  if (field === 'fallback')
    return `“${entry}” is no name of a site: lower-case letters, digits and dashes, at most 40.`
  return `“${entry}” ${message}.`
}
