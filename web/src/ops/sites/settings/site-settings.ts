import type { SiteSettings } from '@levee/control-plane/contract'
import type { MessageDescriptor } from '@lingui/core'
import type { FieldError } from '../../../api/client.ts'
import { fieldProblem, type Field } from './settings-messages.ts'

/** The settings as they are typed: lists with one entry per line. */
export type Draft = Omit<SiteSettings, 'ranges' | 'fallback'> & { ranges: string; fallback: string }

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

/** Pasted lists come with commas, blank lines and duplicates. */
const entries = (text: string) => [...new Set(text.split(/[\s,;]+/).filter(Boolean))]

/** Fallback sites that do not exist. They are allowed, because they may enrol later, but are often a typing error. */
export const unknownSites = (draft: Draft, known: ReadonlySet<string>) =>
  settingsOf(draft).fallback.filter((site) => !known.has(site))

/** What is wrong, by field; `other`: with no single field. The control plane's own sentences are not shown. */
export type FieldProblems = ReadonlyMap<Field | 'other', readonly MessageDescriptor[]>

/** `errors`: of the refusal of `sent`. */
export function fieldProblems(
  errors: readonly FieldError[],
  site: string,
  sent: SiteSettings,
): FieldProblems {
  const problems = new Map<Field | 'other', MessageDescriptor[]>()
  for (const { field: pointer } of errors) {
    const [, name = '', index] = pointer.split('/')
    const field = isField(name, sent) ? name : 'other'
    const list = field === 'ranges' || field === 'fallback' ? sent[field] : undefined
    const entry = index === undefined ? undefined : list?.[Number(index)]
    const isItself = field === 'fallback' && entry === undefined && sent.fallback.includes(site)
    const message = fieldProblem(field, isItself ? 'itself' : entry === undefined ? 'whole' : { entry })
    problems.set(field, [...(problems.get(field) ?? []), message])
  }
  return problems
}

const isField = (name: string, sent: SiteSettings): name is Field => name in sent
