// `npm run bench [-- --write]`: the figures of docs/benchmarks, all ratios from one run. `--write` keeps the result there.
import { writeFileSync } from 'node:fs'
import { median, percentile } from '@levee/deploy/statistics'
import { onShutdown } from '../../deploy/stack/processes/shutdown.ts'
import { printUserError } from '../../deploy/setup/user-error.mjs'
import { benchJoinHttp, type Throughput } from './join-http/join-http.ts'
import { figuresOf } from './join-http/child.ts'
import { machine } from '../lib/report/machine.ts'
import { type Row, table, verdict } from '../lib/report/markdown.ts'
import { resultPath, today } from '../lib/report/files.ts'

type Arm = 'levee' | 'bareSame' | 'bareStock'
type FirstFrame = Record<'quiet' | 'surge', Record<Arm, number[]>>

const over = new AbortController()
onShutdown({ stop: () => over.abort(), kill: () => process.exit(130) })

/** A process of its own: the browser bench belongs to the web client. */
const benchFirstFrame = () =>
  figuresOf<FirstFrame>('the first-frame bench', 'web/bench/first-frame.ts', [], over.signal)

function joinReport({ lean, plain }: Awaited<ReturnType<typeof benchJoinHttp>>): string {
  const { bare, sameProcess, placed, fresh } = lean
  const row = (name: string, one: Throughput): Row => [
    name,
    Math.round(one.perSec),
    `${one.p50Ms.toFixed(2)} / ${one.p99Ms.toFixed(2)}`,
    (one.perSec / sameProcess.perSec).toFixed(2),
    (one.perSec / bare.perSec).toFixed(2),
  ]
  const held = (what: string, ratio: number) => verdict(what, ratio, ratio >= 0.4, '≥ 0.40')
  return [
    '## Join over HTTP',
    '',
    'autocannon, 32 connections:',
    '',
    table(
      ['route', 'per second', 'p50 / p99 ms', '× trivial route of the same process', '× bare Fastify'],
      [
        row('bare Fastify, POST with a JSON body, constant answer', bare),
        row('trivial route of the same process (`/livez`)', sameProcess),
        row('join, placed room', placed),
        row('join, new room', fresh),
      ],
    ),
    '',
    'Node’s own HTTP client, 32 connections:',
    '',
    table(
      ['route', 'per second', '× bare Fastify'],
      [
        ['bare Fastify', Math.round(plain.bare), '1.00'],
        ['join, placed room', Math.round(plain.placed), (plain.placed / plain.bare).toFixed(2)],
      ],
    ),
    '',
    held(
      'Placed room against the trivial route of the same process, autocannon',
      placed.perSec / sameProcess.perSec,
    ),
    held('Placed room against bare Fastify, autocannon', placed.perSec / bare.perSec),
    held('Placed room against bare Fastify, Node’s client', plain.placed / plain.bare),
  ].join('\n')
}

function firstFrameReport(samples: FirstFrame): string {
  const names: Record<Arm, string> = {
    levee: 'Levee, from the click on Join',
    bareSame: 'bare `livekit-client`, hand-made token, same server settings',
    bareStock: 'bare `livekit-client`, hand-made token, stock server',
  }
  const sections = (['quiet', 'surge'] as const).map((situation) => {
    const arms = samples[situation]
    const rows = (Object.keys(names) as Arm[]).map((arm): Row => [
      names[arm],
      Math.round(median(arms[arm])),
      Math.round(percentile(arms[arm], 95)),
      arms[arm].length,
    ])
    const same = median(arms.levee) / median(arms.bareSame)
    const stock = median(arms.levee) / median(arms.bareStock)
    const title =
      situation === 'quiet' ? 'Nobody else joined for seconds' : 'Somebody else joined within the last second'
    return [
      `### ${title}`,
      '',
      table(['', 'median ms', 'p95 ms', 'trials'], rows),
      '',
      verdict('Levee against bare, same settings', same, same <= 1.15, '≤ 1.15'),
      verdict('Levee against bare, stock', stock, stock <= 0.6, '≤ 0.60'),
    ].join('\n')
  })
  return ['## Click to first remote frame', ...sections].join('\n\n')
}

async function main(): Promise<void> {
  const date = today()
  const report = [
    `# Foundation, ${date}`,
    `Machine: ${machine()}. Everything on it: generator, servers, browser. \`npm run bench\`.`,
    joinReport(await benchJoinHttp()),
    firstFrameReport(await benchFirstFrame()),
  ].join('\n\n')
  process.stdout.write(`\n${report}\n`)
  if (process.argv.includes('--write')) writeFileSync(resultPath('foundation', date, 'md'), `${report}\n`)
}

await main().catch((error: unknown) => {
  printUserError(error)
  process.exitCode = 1
})
