import { i18n } from '@lingui/core'

/**
 * The locale for numbers and dates: the language of the texts with the region of the browser, so that English texts
 * show 24-hour times in Germany and 12-hour times in the United States.
 */
export function formatLocale(language: string, browserLocale: string): string {
  const { region } = new Intl.Locale(browserLocale).maximize()
  return region === undefined ? language : `${language}-${region}`
}

const locale = () => i18n.locales ?? i18n.locale

/** Creating a formatter takes longer than everything that it formats. */
const cache = new Map<string, unknown>()
function cached<T>(kind: string, options: object, make: () => T): T {
  const key = JSON.stringify([kind, locale(), options])
  const known = cache.get(key) as T | undefined
  if (known) return known
  const made = make()
  cache.set(key, made)
  return made
}

/** 12,345. Inside a message, use `plural`, or pass the result of this function. */
export const formatNumber = (value: number, options: Intl.NumberFormatOptions = {}): string =>
  cached('number', options, () => new Intl.NumberFormat(locale(), options)).format(value)

/** `share` from 0 to 1, as 63%. */
export const formatPercent = (share: number): string =>
  formatNumber(share, { style: 'percent', maximumFractionDigits: 0 })

const formatWhen = (when: Date | string | number, options: Intl.DateTimeFormatOptions): string =>
  cached('date', options, () => new Intl.DateTimeFormat(locale(), options)).format(new Date(when))

/** December 5, 2026. `when`: a date, an ISO string, or milliseconds. */
export const formatDate = (when: Date | string | number): string => formatWhen(when, { dateStyle: 'long' })

/** 3:04 PM or 15:04, by region. */
export const formatTime = (when: Date | string | number): string => formatWhen(when, { timeStyle: 'short' })

/** Ann, Bob, and Cem. */
export const formatList = (items: Iterable<string>): string => {
  const options = { type: 'conjunction' } as const
  return cached('list', options, () => new Intl.ListFormat(locale(), options)).format(items)
}

const UNIT_SEC = { day: 86_400, hour: 3_600, minute: 60, second: 1 }
type Unit = keyof typeof UNIT_SEC | 'millisecond'
type Width = 'short' | 'long'

/** One unit: 1 hr, 5 min, 12 sec, 8 ms; `long`: 5 minutes. The number and its unit stay on one line. */
export const formatUnit = (value: number, unit: Unit, width: Width = 'short'): string =>
  formatNumber(value, { style: 'unit', unit, unitDisplay: width }).replace(' ', '\u{a0}')

/**
 * A duration in its two largest units: 2 hr, 5 min; seconds only below a minute. Written with number formats
 * because browsers that can run a meeting may still lack Intl.DurationFormat.
 */
export function formatDuration(durationSec: number, width: Width = 'short'): string {
  const stepSec = durationSec < UNIT_SEC.minute ? UNIT_SEC.second : UNIT_SEC.minute
  let restSec = Math.round(durationSec / stepSec) * stepSec
  const parts: string[] = []
  for (const unit of ['day', 'hour', 'minute', 'second'] as const) {
    const count = Math.floor(restSec / UNIT_SEC[unit])
    restSec -= count * UNIT_SEC[unit]
    if (count > 0) parts.push(formatUnit(count, unit, width))
  }
  const options = { type: 'unit', style: width } as const
  const list = cached('list', options, () => new Intl.ListFormat(locale(), options))
  return list.format(parts.length > 0 ? parts.slice(0, 2) : [formatUnit(0, 'second', width)])
}
