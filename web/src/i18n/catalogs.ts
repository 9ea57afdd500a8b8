import { i18n, type Messages } from '@lingui/core'
import { messages as english } from './en/shared.po'
import { formatLocale } from './format.ts'

/**
 * Parts of the client with a catalogue of their own, loaded together with their code. The texts of the first page
 * (`shared`) are part of the entry: a request for them would delay the first paint.
 */
const CATALOGS = {
  meeting: () => import('./en/meeting.po'),
  ops: () => import('./en/ops.po'),
} satisfies Record<string, () => Promise<{ messages: Messages }>>

/**
 * Call before the first render. English only for now; the region of the browser decides how numbers and dates are
 * written.
 */
export function startI18n(): void {
  i18n.load('en', english)
  i18n.activate('en', formatLocale('en', navigator.language))
  document.documentElement.lang = i18n.locale
}

/** Resolves when the messages of this part can be shown; rejects when they cannot be fetched. */
export async function loadCatalog(part: keyof typeof CATALOGS): Promise<void> {
  const { messages } = await CATALOGS[part]()
  i18n.load(i18n.locale, messages)
}
