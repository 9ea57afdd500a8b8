// `node load-tests/simulator/bench.ts [--nodes 20000] [--seconds 30] [--joins-per-sec 1000] [--report-every-ms 4000]`:
// joins beside a reporting fleet, as JSON. `--cost`: what a report costs in fleets of 100, 1,000 and 20,000 instead.
// `--node-options=--cpu-prof`: for the replicas.
import { parseArgs } from 'node:util'
import { onShutdown } from '../../deploy/stack/processes/shutdown.ts'
import { printUserError } from '../../deploy/setup/user-error.mjs'
import { cost } from './report-cost.ts'
import { benchReportScale } from './report-scale.ts'

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      nodes: { type: 'string', default: '20000' },
      seconds: { type: 'string', default: '30' },
      'joins-per-sec': { type: 'string', default: '1000' },
      'report-every-ms': { type: 'string', default: '4000' },
      replicas: { type: 'string', default: '1' },
      apart: { type: 'boolean', default: false },
      cost: { type: 'boolean', default: false },
      'node-options': { type: 'string' },
    },
  })
  const over = new AbortController()
  onShutdown({ stop: () => over.abort(), kill: () => process.exit(130) })
  const print = (figures: object) => process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`)
  if (values.cost) {
    for (const nodes of [100, 1_000, 20_000]) print(await cost(nodes, over.signal))
    return
  }
  const scale = await benchReportScale({
    nodes: Number(values.nodes),
    seconds: Number(values.seconds),
    joinsPerSec: Number(values['joins-per-sec']),
    reportEveryMs: Number(values['report-every-ms']),
    replicas: Number(values.replicas),
    apart: values.apart,
    ...(values['node-options'] && { controlPlaneEnv: { NODE_OPTIONS: values['node-options'] } }),
    signal: over.signal,
  })
  print(scale)
}

await main().catch((error: unknown) => {
  printUserError(error)
  process.exitCode = 1
})
