// `npm run bench:placement [-- --write] [-- --quick]`: placement against its floors and peers, all in one run.
// `--write` keeps the figures (JSON), a table and a chart under docs/benchmarks.
import { writeFileSync } from 'node:fs'
import { onShutdown } from '../../../deploy/stack/processes/shutdown.ts'
import { step } from '../../../deploy/setup/progress.mjs'
import { printUserError } from '../../../deploy/setup/user-error.mjs'
import { figuresOf } from '../join-http/child.ts'
import { machine } from '../../lib/report/machine.ts'
import { resultPath, today } from '../../lib/report/files.ts'
import { benchReportScale } from '../../simulator/report-scale.ts'
import { benchHttp } from './http.ts'
import { benchPeers } from './peers/peers.ts'
import { chartOf, type Figures, reportOf, type StoreFigures } from './report.ts'

const quick = process.argv.includes('--quick')
const sizes = quick ? [100, 1_000] : [100, 1_000, 20_000]
const over = new AbortController()
onShutdown({ stop: () => over.abort(), kill: () => process.exit(130) })

/** A process of its own: the store belongs to the control plane. */
const benchStore = () =>
  figuresOf<StoreFigures>(
    "the store's bench",
    'control-plane/bench/placement.ts',
    quick ? ['--quick'] : [],
    over.signal,
  )

async function main(): Promise<void> {
  const date = today()
  const { signal } = over
  const http = await step('Joins through HTTP', () => benchHttp(sizes))
  const store = await step('Scripts, races, peaks, memory', benchStore)
  const peers = await step('LiveKit’s own placement', () =>
    benchPeers({ nodes: sizes, millis: quick ? 500 : 3_000, signal }),
  )
  const load = quick
    ? { nodes: 1_000, seconds: 5, joinsPerSec: 200 }
    : { nodes: 20_000, seconds: 30, joinsPerSec: 1_000 }
  const scale = await step('A fleet that reports while people join', () =>
    benchReportScale({ ...load, reportEveryMs: 4_000, signal }),
  )
  const figures: Figures = { machine: machine(), date, store, http, peers, scale }
  const report = reportOf(figures)
  process.stdout.write(`\n${report}\n`)
  if (!process.argv.includes('--write')) return
  const file = (kind: string) => resultPath('placement', date, kind)
  writeFileSync(file('json'), `${JSON.stringify(figures, null, 2)}\n`)
  writeFileSync(file('md'), report)
  writeFileSync(file('svg'), chartOf(figures))
}

await main().catch((error: unknown) => {
  printUserError(error)
  process.exitCode = 1
})
