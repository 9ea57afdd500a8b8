// Failover results as Markdown: the published table, from summaries; and one row per trial, for the terminal.
import { type Row, table } from '../../lib/report/markdown.ts'
import type { Case } from '../cases/cases.ts'
import type { RoomsMove } from '../cases/move-rooms.ts'
import type { CaseRun } from '../cases/run-case.ts'
import type { Trial } from '../cases/trial-result.ts'
import {
  type CaseSummary,
  type FailoverSummary,
  type Figures,
  type Ranks,
  figuresOf,
  msOf,
} from './failover-summary.ts'

const round = (value: number) => Math.round(value).toLocaleString('en')
const threeOf = ({ median, p95, worst }: Pick<Ranks, 'median' | 'p95' | 'worst'>) =>
  [median, p95, worst].map(round).join(' / ')
const ranksCell = (ranks: Ranks | undefined) =>
  ranks ? `${threeOf(ranks)}${ranks.open ? ' and more' : ''}` : '–'
const gapsCell = (gaps: Trial['baseline'] | undefined) =>
  gaps ? `${round(gaps.pictureMs)} / ${round(gaps.soundMs)}` : '–'

function targetsCell({ targets }: CaseSummary): string {
  const verdicts = targets.map(({ medium, rank, ms, met }) => {
    const verdict = met === null ? 'not measured' : met ? 'met' : 'missed'
    return `${medium} ${rank} ≤ ${round(ms)}: ${verdict}`
  })
  return verdicts.join('; ') || 'none'
}

function rowsOf(summary: CaseSummary): Row[] {
  const { figures, withDisturbed, people } = summary
  const row = (
    name: string,
    { trials, picture, sound, restCores, unrecovered }: Figures,
    targets: string,
  ): Row => [
    name,
    people,
    trials,
    ranksCell(picture),
    ranksCell(sound),
    gapsCell(summary.before),
    restCores?.toFixed(2) ?? '–',
    unrecovered,
    targets,
  ]
  return [
    row(summary.title, figures, targetsCell(summary)),
    ...(figures.share
      ? [['– the screen share', people, figures.trials, ranksCell(figures.share), '–', '–', '', '', '']]
      : []),
    ...(withDisturbed ? [row('– with disturbed trials', withDisturbed, '')] : []),
  ]
}

function rooms50Paragraph(move: RoomsMove): string {
  return [
    `**rooms-50:** ${move.rooms} rooms with ${move.people} participants moved off one node in ${round(move.totalMs)} ms`,
    `(per room: ${threeOf(move.roomMs)} ms; longest picture gap of a participant: ${threeOf(move.gapMs)} ms, accurate to 250 ms).`,
    `Rooms that did not arrive: ${move.failures}. Times the target node was seen overloaded: ${move.overloads} (at most ${move.fullest.toFixed(2)} of its capacity).`,
    `Cores used by participants ${move.peopleCores.toFixed(2)}, by LiveKit ${move.livekitCores.toFixed(2)}, by other processes ${move.foreignCores.toFixed(2)}.`,
  ].join(' ')
}

export function failoverMarkdown({ date, machine, cases, rooms50 }: FailoverSummary): string {
  return [
    `# Failover, ${date}`,
    `Machine: ${machine}. It runs everything: servers, browsers and meters. \`npm run chaos\`. Milliseconds, median / p95 / worst over every receiver and sender.`,
    table(
      [
        'case',
        'participants',
        'trials',
        'picture gap',
        'sound gap',
        'gap before, picture / sound',
        'cores at rest',
        'not recovered',
        'target',
      ],
      cases.flatMap(rowsOf),
    ),
    ...(rooms50 ? [rooms50Paragraph(rooms50)] : []),
    ...cases.flatMap((one) => [
      ...(one.failed === undefined ? [] : [`**${one.case} did not run to its end:** ${one.failed}`]),
      ...(one.skipped
        ? [`${one.case}: ${one.skipped.count} more trials never reached their fault (${one.skipped.first}).`]
        : []),
      ...(one.broken ?? []).map((what) => `**${one.case}, ${what}.**`),
    ]),
  ].join('\n\n')
}

/** Longest time for which a participant heard two copies of a voice. */
const longestEchoMs = ({ pairs }: Trial) => Math.max(0, ...pairs.map((pair) => pair.echoMs))

export function trialsMarkdown(runs: readonly CaseRun[]): string {
  const rows = runs.flatMap(({ name, spec, trials }) =>
    trials.map((trial, index): Row => {
      const { picture, sound, share } = figuresOf(spec, [trial])
      return [
        name,
        index + 1,
        ranksCell(picture),
        ranksCell(sound),
        share ? ranksCell(share) : '',
        gapsCell(trial.baseline),
        round(longestEchoMs(trial)),
        trial.restCores.toFixed(2),
        trial.foreignCores.toFixed(2),
        trial.disturbedBy.join(', ') || (trial.unrecovered ? 'not recovered' : ''),
      ]
    }),
  )
  return table(
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
    rows,
  )
}

/** The lines that are printed when a trial has ended. */
export function trialLines(name: string, trial: Trial, { measures }: Case): string[] {
  const pairs = trial.pairs.map(({ to, from, picture, sound, share }) => {
    const values = [picture, sound, ...(share ? [share] : [])].map((one) => round(msOf(measures, one)))
    return `${to}←${from} ${values.join('/')}`
  })
  const { pictureMs, soundMs } = trial.baseline
  const remarks = [...trial.disturbedBy, ...trial.broken, ...(trial.unrecovered ? ['not recovered'] : [])]
  return [
    `${name}: ${pairs.join('  ')}  before ${round(pictureMs)}/${round(soundMs)}  at rest ${trial.restCores.toFixed(2)} cores, foreign ${trial.foreignCores.toFixed(2)}${remarks.length > 0 ? `  (${remarks.join(', ')})` : ''}`,
    ...[...trial.proofs, ...trial.notes].map((line) => `    ${line}`),
  ]
}
