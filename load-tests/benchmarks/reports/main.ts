// `node load-tests/benchmarks/reports/main.ts [--nodes 20000] [--seconds 30] [--joins-per-sec 1000]
// [--report-every-ms 4000]`: joins beside a reporting fleet, as JSON.
// `--cost`: what a report costs in fleets of 100, 1,000 and 20,000 nodes.
// `--node-options=--cpu-prof`: options of Node for the replicas.
import { parseArgs } from 'node:util'
import { numberOption, runCommand, wholeNumberOption } from '../../lib/command.ts'
import { measureJoinsBesideReports } from './joins-beside-reports.ts'
import { measureReportCost } from './report-cost.ts'

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

const print = (result: object) => process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)

await runCommand(async (signal) => {
  if (values.cost) {
    for (const nodes of [100, 1_000, 20_000]) print(await measureReportCost(nodes, signal))
    return
  }
  const options = {
    nodes: wholeNumberOption('nodes', values.nodes, 1),
    seconds: numberOption('seconds', values.seconds),
    joinsPerSec: numberOption('joins-per-sec', values['joins-per-sec']),
    reportEveryMs: numberOption('report-every-ms', values['report-every-ms']),
    replicas: wholeNumberOption('replicas', values.replicas, 1),
    apart: values.apart,
    ...(values['node-options'] && { controlPlaneEnv: { NODE_OPTIONS: values['node-options'] } }),
  }
  print(await measureJoinsBesideReports({ ...options, signal }))
})
