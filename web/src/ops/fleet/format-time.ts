import { i18n } from '@lingui/core'
import { formatDuration, formatUnit } from '../../i18n/format.ts'
import { AGE_IN_MINUTES_FROM_MS, AGE_IN_TENTHS_BELOW_MS, DEADLINE_IN_SECONDS_BELOW_MS } from '../tuning.ts'

/** Time that is left, rounded up: 78 seconds, 5 minutes, 1 hour, 30 minutes. */
export function formatDeadline(leftMs: number): string {
  return leftMs < DEADLINE_IN_SECONDS_BELOW_MS
    ? formatUnit(Math.ceil(leftMs / 1_000), 'second', 'long')
    : formatDuration(Math.ceil(leftMs / 60_000) * 60, 'long')
}

/** How long ago: 1.2s ago, 42s ago, 5m ago, 3h ago. */
export function formatAge(ms: number): string {
  const format = new Intl.RelativeTimeFormat(i18n.locale, { style: 'narrow' })
  if (ms < AGE_IN_TENTHS_BELOW_MS) return format.format(-Math.round(ms / 100) / 10, 'second')
  if (ms < AGE_IN_MINUTES_FROM_MS) return format.format(-Math.round(ms / 1_000), 'second')
  const minutes = Math.round(ms / 60_000)
  return minutes < 120 ? format.format(-minutes, 'minute') : format.format(-Math.round(minutes / 60), 'hour')
}
