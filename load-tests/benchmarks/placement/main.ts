// `npm run bench:placement [-- --write] [-- --quick]`: placement against its baselines and against LiveKit's own, in one
// run. `--write` stores tables, a chart and a summary in docs/benchmarks.
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { LIVEKIT_VERSION } from '../../../deploy/setup/pins.mjs'
import { readArguments } from '../../../deploy/setup/arguments.mjs'
import { step } from '../../../deploy/setup/progress.mjs'
import { runCommand } from '../../lib/command.ts'
import { commit } from '../../lib/report/commit.ts'
import { resultPath, today, writeResult } from '../../lib/report/files.ts'
import { machine } from '../../lib/report/machine.ts'
import { measureJoinsBesideReports } from '../reports/joins-beside-reports.ts'
import { scriptResult } from '../script-result.ts'
import { benchJoinsByFleetSize } from './joins-by-fleet-size.ts'
import { benchPeers } from './peers/peers.ts'
import { placementChart } from './report/chart.ts'
import { placementMarkdown } from './report/report.ts'
import type { PlacementResults, StoreResults } from './report/results.ts'

const off = { type: 'boolean', default: false } as const
const { values } = readArguments('npm run bench:placement [-- --quick] [--write]', {
  options: { quick: off, write: off },
})
const { quick } = values
const sizes = quick ? [100, 1_000] : [100, 1_000, 20_000]
const reportingFleet = quick
  ? { nodes: 1_000, seconds: 5, joinsPerSec: 200, reportEveryMs: 4_000 }
  : { nodes: 20_000, seconds: 30, joinsPerSec: 1_000, reportEveryMs: 4_000 }

await runCommand(async (signal) => {
  const date = today()
  const http = await step('Joins through HTTP', () => benchJoinsByFleetSize(sizes, signal))
  // The benchmark of the store is part of the control plane.
  const storeArgs = quick ? ['--quick'] : []
  const store = await step('Scripts, races, peaks, memory', () =>
    scriptResult<StoreResults>('control-plane/bench/placement.ts', storeArgs, signal),
  )
  const peers = await step('LiveKit’s own placement', () =>
    benchPeers({ nodes: sizes, millis: quick ? 500 : 3_000, signal }),
  )
  const reporting = await step('Joins beside a reporting fleet', () =>
    measureJoinsBesideReports({ ...reportingFleet, signal }),
  )
  const results: PlacementResults = {
    date,
    machine: machine(),
    cores: availableParallelism(),
    commit: commit(),
    versions: { livekit: LIVEKIT_VERSION },
    store,
    http,
    peers,
    reporting,
  }
  process.stdout.write(`\n${placementMarkdown(results)}\n`)
  if (!values.write) return
  writeResult('placement', { summary: results, render: placementMarkdown })
  writeFileSync(resultPath('placement', date, 'svg'), placementChart(results))
})
