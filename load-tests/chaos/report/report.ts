// Figures of the cases: a table for people, JSON with every trial for whoever doubts it.
import { median, percentile } from '@levee/deploy/statistics'
import { machine } from '../../benchmarks/report/machine.ts'
import { type Row, table } from '../../benchmarks/report/markdown.ts'
import type { Promised } from '../cases/cases.ts'
import type { CrowdRun } from '../people/crowd.ts'
import type { Stretch } from '../measure/gaps.ts'
import type { Pair } from '../people/meeting.ts'
import type { CaseRun } from '../cases/run-case.ts'
import { isUndisturbed, type Trial } from '../cases/trial.ts'

interface Ranks {
  median: number
  p95: number
  worst: number
  /** Some never ended: they are as long as patience was. */
  open: boolean
}

export interface Figures {
  picture?: Ranks
  sound?: Ranks
  share?: Ranks
}

/** Over every receiver × sender of all these trials. */
export function figuresOf({ spec }: Pick<CaseRun, 'spec'>, trials: readonly Trial[]): Figures {
  const pairs = trials.flatMap(({ pairs }) => pairs)
  const ms = ({ gapMs, restoredMs }: Stretch) => (spec.counts === 'gap' ? gapMs : restoredMs)
  const ranks = (pick: (pair: Pair) => Stretch | undefined): Ranks | undefined => {
    const samples = pairs.flatMap((pair) => pick(pair) ?? []).map(ms)
    if (samples.length === 0) return undefined
    return {
      median: median(samples),
      p95: percentile(samples, 95),
      worst: Math.max(...samples),
      open: trials.some(({ unrecovered }) => unrecovered),
    }
  }
  const [picture, sound, share] = [
    ranks((pair) => pair.picture),
    ranks((pair) => pair.sound),
    ranks((pair) => pair.share),
  ]
  return { ...(picture && { picture }), ...(sound && { sound }), ...(share && { share }) }
}

const round = (value: number) => Math.round(value).toLocaleString('en')
const cell = (ranks: Ranks | undefined) =>
  ranks
    ? `${[ranks.median, ranks.p95, ranks.worst].map(round).join(' / ')}${ranks.open ? ' and more' : ''}`
    : '–'

export function isMet(figures: Figures, { figure, rank, ms }: Promised): boolean | undefined {
  const value = figures[figure]?.[rank]
  return value === undefined ? undefined : value <= ms
}

function targetsOf(figures: Figures, targets: readonly Promised[]): string {
  if (targets.length === 0) return 'none'
  const told = targets.map((target) => {
    const met = isMet(figures, target)
    const verdict = met === undefined ? 'not measured' : met ? 'met' : 'missed'
    return `${target.figure} ${target.rank} ≤ ${round(target.ms)}: ${verdict}`
  })
  return told.join('; ')
}

function rowsOf(run: CaseRun): Row[] {
  const counted = run.trials.filter(isUndisturbed)
  const all = figuresOf(run, run.trials)
  const figures = figuresOf(run, counted)
  const base = counted.map(({ baseline }) => baseline)
  const row = (name: string, trials: readonly Trial[], figures: Figures, targets: string): Row => [
    name,
    run.people,
    trials.length,
    cell(figures.picture),
    cell(figures.sound),
    ...(base.length > 0
      ? [
          `${round(median(base.map((one) => one.pictureMs)))} / ${round(median(base.map((one) => one.soundMs)))}`,
        ]
      : ['–']),
    trials.length > 0 ? median(trials.map(({ restCores }) => restCores)).toFixed(2) : '–',
    trials.filter(({ unrecovered }) => unrecovered).length,
    targets,
  ]
  const rows = [row(run.spec.title, counted, figures, targetsOf(figures, run.spec.targets))]
  if (figures.share)
    rows.push(['– the share', run.people, counted.length, cell(figures.share), '–', '–', '', '', ''])
  if (counted.length < run.trials.length) rows.push(row('– with the disturbed', run.trials, all, ''))
  return rows
}

/** Longest time for which somebody heard two copies of a voice. */
const echoOf = ({ pairs }: Trial) => Math.max(0, ...pairs.map((pair) => pair.echoMs))

/** A paragraph of the report. */
function crowdWords(run: CrowdRun): string {
  const all = (one: CrowdRun['roomMs']) => [one.median, one.p95, one.worst].map(round).join(' / ')
  return [
    `**rooms-50:** ${run.rooms} rooms with ${run.people} people moved off one node in ${round(run.totalMs)} ms`,
    `(a room: ${all(run.roomMs)} ms; longest gap in the picture of a person: ${all(run.gapMs)} ms, to 250 ms);`,
    `failures ${run.failures}, looks at an overloaded target ${run.overloads} (fullest ${run.fullest.toFixed(2)} of what it bears);`,
    `cores used by the people ${run.peopleCores.toFixed(2)}, by LiveKit ${run.livekitCores.toFixed(2)}, by others ${run.foreignCores.toFixed(2)}.`,
  ].join(' ')
}

export function markdownOf(runs: readonly CaseRun[], crowd: CrowdRun | undefined, date: string): string {
  const trialRows = runs.flatMap((run) =>
    run.trials.map((trial, index): Row => {
      const { picture, sound, share } = figuresOf(run, [trial])
      return [
        run.name,
        index + 1,
        cell(picture),
        cell(sound),
        share ? cell(share) : '',
        `${round(trial.baseline.pictureMs)} / ${round(trial.baseline.soundMs)}`,
        round(echoOf(trial)),
        trial.restCores.toFixed(2),
        trial.foreignCores.toFixed(2),
        trial.disturbedBy.join(', ') || (trial.unrecovered ? 'not recovered' : ''),
      ]
    }),
  )
  const failed = runs.filter((run) => run.failed)
  return [
    `# Failover, ${date}`,
    `Machine: ${machine()}. Everything on it: servers, browsers, meters. \`npm run chaos\`. Milliseconds, median / p95 / worst over every receiver × sender.`,
    table(
      [
        'case',
        'people',
        'trials',
        'picture gap',
        'sound gap',
        'gap before, picture / sound',
        'cores at rest',
        'not recovered',
        'target',
      ],
      runs.flatMap(rowsOf),
    ),
    ...(crowd ? [crowdWords(crowd)] : []),
    ...failed.map((run) => `**${run.name} did not run to its end:** ${run.failed}`),
    ...runs
      .filter(({ voids }) => voids.length > 0)
      .map(({ name, voids }) => `${name}: ${voids.length} more trials never came to a blow (${voids[0]}).`),
    ...runs.flatMap(({ name, trials }) =>
      trials.flatMap(({ broken }, index) =>
        broken.map((what) => `**${name}, trial ${index + 1}:** ${what}.`),
      ),
    ),
    '## Trials',
    table(
      [
        'case',
        'trial',
        'picture',
        'sound',
        'share',
        'before',
        'echo',
        'cores at rest',
        'foreign cores',
        'disturbed by',
      ],
      trialRows,
    ),
  ].join('\n\n')
}
