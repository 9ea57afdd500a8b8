// The cost of standbys in a table, and as it was taken.
import { median } from '@levee/deploy/statistics'
import { machine } from '../../benchmarks/report/machine.ts'
import { table } from '../../benchmarks/report/markdown.ts'
import { type Cost, type CostTrial, LEVELS } from '../cases/standby-cost.ts'

const NAMES = { off: 'none', warm: 'warm and paused', sound: 'sound running' } as const

const FIGURES: readonly { name: string; of: keyof Cost; digits: number }[] = [
  { name: 'browser, % of a core', of: 'clientCores', digits: 1 },
  { name: 'LiveKit of the meeting, % of a core', of: 'mainCores', digits: 2 },
  { name: 'LiveKit of the standby, % of a core', of: 'standbyCores', digits: 2 },
  { name: 'into the standby, kbit/s', of: 'inKbit', digits: 1 },
  { name: 'out of it, kbit/s', of: 'outKbit', digits: 1 },
  { name: 'memory of the standby’s LiveKit, MiB in all', of: 'standbyMib', digits: 0 },
]

const scale = (of: keyof Cost, value: number) => (of.endsWith('Cores') ? value * 100 : value)

/** Median and range over the undisturbed trials. */
export function costMarkdown(trials: readonly CostTrial[], people: number, date: string): string {
  const counted = trials.filter(({ disturbed }) => !disturbed)
  const samples = (level: (typeof LEVELS)[number], of: keyof Cost) =>
    counted.flatMap(({ windows }) =>
      windows.filter((one) => one.level === level).map(({ cost }) => scale(of, cost[of])),
    )
  const cell = (values: readonly number[], digits: number) =>
    values.length === 0
      ? '–'
      : `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`
  return [
    `# What a standby costs, ${date}`,
    `Machine: ${machine()}. Everything on it: servers, browsers, meters. \`npm run chaos -- standby-cost\`. A meeting of ${people}; for each person, median (range) over ${counted.length} trials of 20 s each${trials.length > counted.length ? `; disturbed by others and left out: ${trials.length - counted.length}` : ''}.`,
    table(
      ['standby', ...FIGURES.map(({ name }) => name)],
      LEVELS.map((level) => [
        NAMES[level],
        ...FIGURES.map(({ of, digits }) => cell(samples(level, of), digits)),
      ]),
    ),
  ].join('\n\n')
}

/** One line for each window. */
export const costLines = ({ windows, disturbed }: CostTrial): string[] =>
  windows.map(({ level, cost, foreignCores }) => {
    const figures = FIGURES.map(({ of, digits }) => scale(of, cost[of]).toFixed(digits)).join('  ')
    return `${level.padEnd(5)}  ${figures}  foreign ${foreignCores.toFixed(2)}${disturbed ? '  (disturbed)' : ''}`
  })
