import { median, percentile } from '@levee/deploy/statistics'
import { table } from '../../../lib/report/markdown.ts'
import { PLI_CROWD, PLI_CROWD_WITHIN_MS, PLI_THROTTLES_MS } from '../../tuning.ts'
import type { PliTrial, Rates } from './pli-throttle.ts'

const ranks = (samples: readonly number[]) =>
  [median(samples), percentile(samples, 95), Math.max(...samples)].map(Math.round).join(' / ')

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

const rateCells = (rates: readonly Rates[]) => [
  mean(rates.map((one) => one.keyFramesPerSec)).toFixed(1),
  Math.round(mean(rates.map((one) => one.upstreamKbitPerSec))),
  mean(rates.map((one) => one.livekitCores)).toFixed(2),
]

export function pliMarkdown(trials: readonly PliTrial[]): string {
  const rates = ['key frames/s', 'kbit/s up', 'LiveKit, cores']
  return table(
    [
      'throttle, ms',
      'trials',
      `first frame, ${PLI_CROWD} join within ${PLI_CROWD_WITHIN_MS / 1000} s`,
      ...rates,
      'first frame, one by one',
      ...rates,
      'calm: key frames/s',
      ...rates.slice(1),
    ],
    PLI_THROTTLES_MS.map((throttleMs) => {
      const these = trials.filter((trial) => trial.throttleMs === throttleMs)
      return [
        throttleMs,
        these.length,
        ranks(these.flatMap(({ crowdMs }) => crowdMs)),
        ...rateCells(these.map(({ crowd }) => crowd)),
        ranks(these.flatMap(({ lateMs }) => lateMs)),
        ...rateCells(these.map(({ late }) => late)),
        ...rateCells(these.map(({ calm }) => calm)),
      ]
    }),
  )
}
