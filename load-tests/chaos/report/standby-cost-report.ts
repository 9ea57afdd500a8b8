// The cost of standbys: a summary and its table.
import { median } from '@levee/deploy/statistics'
import { LIVEKIT_VERSION } from '../../../deploy/setup/pins.mjs'
import { commit } from '../../lib/report/commit.ts'
import { machine } from '../../lib/report/machine.ts'
import { type Row, table } from '../../lib/report/markdown.ts'
import type { Cost, CostTrial } from '../cases/standby-cost.ts'
import { LEVELS, type Standby } from '../cases/standby-level.ts'

interface Spread {
  median: number
  min: number
  max: number
}

/** Figures of the undisturbed trials. Cores, kbit/s and MiB, as in Cost. */
export interface CostSummary {
  date: string
  machine: string
  commit?: string
  versions: { livekit: string }
  people: number
  trials: number
  /** Trials that other processes disturbed; they are left out. */
  disturbed: number
  levels: Record<Standby, Record<keyof Cost, Spread> | undefined>
}

const LEVEL_NAMES: Record<Standby, string> = {
  off: 'none',
  warm: 'joined and paused',
  sound: 'sound running',
}

const COLUMNS: readonly { name: string; of: keyof Cost; digits: number }[] = [
  { name: 'browser, % of a core', of: 'clientCores', digits: 1 },
  { name: 'LiveKit of the meeting, % of a core', of: 'mainCores', digits: 2 },
  { name: 'LiveKit of the standby, % of a core', of: 'standbyCores', digits: 2 },
  { name: 'into the standby, kbit/s', of: 'inKbit', digits: 1 },
  { name: 'out of the standby, kbit/s', of: 'outKbit', digits: 1 },
  { name: 'memory of the standby’s LiveKit, MiB in total', of: 'standbyMib', digits: 0 },
]

const scale = (of: keyof Cost, value: number) => (of.endsWith('Cores') ? value * 100 : value)

export function summarizeCost(trials: readonly CostTrial[], people: number, date: string): CostSummary {
  const counted = trials.filter(({ disturbed }) => !disturbed)
  const spreads = (level: Standby) => {
    const costs = counted.flatMap(({ windows }) =>
      windows.filter((one) => one.level === level).map(({ cost }) => cost),
    )
    if (costs.length === 0) return undefined
    const spread = (of: keyof Cost): Spread => {
      const values = costs.map((cost) => cost[of])
      return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
    }
    return Object.fromEntries(COLUMNS.map(({ of }) => [of, spread(of)])) as Record<keyof Cost, Spread>
  }
  const measured = commit()
  return {
    date,
    machine: machine(),
    ...(measured !== undefined && { commit: measured }),
    versions: { livekit: LIVEKIT_VERSION },
    people,
    trials: counted.length,
    disturbed: trials.length - counted.length,
    levels: { off: spreads('off'), warm: spreads('warm'), sound: spreads('sound') },
  }
}

export function costMarkdown(summary: CostSummary): string {
  const { date, people, trials, disturbed, levels } = summary
  const leftOut = disturbed > 0 ? `; ${disturbed} disturbed by other processes and left out` : ''
  const rows = LEVELS.map((level): Row => {
    const cells = COLUMNS.map(({ of, digits }) => {
      const spread = levels[level]?.[of]
      if (!spread) return '–'
      const [middle, min, max] = [spread.median, spread.min, spread.max].map((value) =>
        scale(of, value).toFixed(digits),
      )
      return `${middle} (${min}–${max})`
    })
    return [LEVEL_NAMES[level], ...cells]
  })
  return [
    `# What a standby costs, ${date}`,
    `Machine: ${summary.machine}. It runs everything: servers, browsers and meters. \`npm run chaos -- standby-cost\`. A meeting of ${people}; per participant, median (range) over ${trials} trials of 20 s each${leftOut}.`,
    table(['standby', ...COLUMNS.map(({ name }) => name)], rows),
  ].join('\n\n')
}

/** One line per window. */
export const costLines = ({ windows, disturbed }: CostTrial): string[] =>
  windows.map(({ level, cost, foreignCores }) => {
    const figures = COLUMNS.map(({ of, digits }) => scale(of, cost[of]).toFixed(digits)).join('  ')
    return `${level.padEnd(5)}  ${figures}  foreign ${foreignCores.toFixed(2)}${disturbed ? '  (disturbed)' : ''}`
  })
