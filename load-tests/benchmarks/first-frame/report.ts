// Time from the click on Join to the first remote frame: a summary and its Markdown.
import { median, percentile } from '@levee/deploy/statistics'
import { type Row, table, verdict } from '../../lib/report/markdown.ts'

const VARIANTS = {
  levee: 'Levee, from the click on Join',
  bareSame: 'bare `livekit-client`, token made by hand, same server settings',
  bareStock: 'bare `livekit-client`, token made by hand, stock server',
} as const

const SITUATIONS = {
  quiet: 'No one else joined in the last seconds',
  surge: 'Another participant joined within the last second',
} as const

type Variant = keyof typeof VARIANTS
type Situation = keyof typeof SITUATIONS

/** What web/bench/first-frame.ts prints: milliseconds of every trial. */
export type FirstFrameTrials = Record<Situation, Record<Variant, number[]>>

export type FirstFrame = Record<
  Situation,
  Record<Variant, { medianMs: number; p95Ms: number; trials: number }>
>

const mapKeys = <Key extends string, Value>(
  keys: Readonly<Record<Key, unknown>>,
  value: (key: Key) => Value,
) => Object.fromEntries((Object.keys(keys) as Key[]).map((key) => [key, value(key)])) as Record<Key, Value>

export const summarizeFirstFrame = (trials: FirstFrameTrials): FirstFrame =>
  mapKeys(SITUATIONS, (situation) =>
    mapKeys(VARIANTS, (variant) => {
      const samples = trials[situation][variant]
      return { medianMs: median(samples), p95Ms: percentile(samples, 95), trials: samples.length }
    }),
  )

export function firstFrameMarkdown(summary: FirstFrame): string {
  const sections = (Object.keys(SITUATIONS) as Situation[]).map((situation) => {
    const { levee, bareSame, bareStock } = summary[situation]
    const rows = (Object.keys(VARIANTS) as Variant[]).map((variant): Row => {
      const { medianMs, p95Ms, trials } = summary[situation][variant]
      return [VARIANTS[variant], Math.round(medianMs), Math.round(p95Ms), trials]
    })
    const same = levee.medianMs / bareSame.medianMs
    const stock = levee.medianMs / bareStock.medianMs
    return [
      `### ${SITUATIONS[situation]}`,
      '',
      table(['', 'median ms', 'p95 ms', 'trials'], rows),
      '',
      verdict('Levee against bare, same settings', same, same <= 1.15, '≤ 1.15'),
      verdict('Levee against bare, stock', stock, stock <= 0.6, '≤ 0.60'),
    ].join('\n')
  })
  return ['## Click to first remote frame', ...sections].join('\n\n')
}
