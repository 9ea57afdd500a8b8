// `node load-tests/simulator/main.ts --nodes 2000 --sites 40 --seconds 60 --joins-per-sec 200 --seed 7 --faults light`
// runs a simulated fleet against a control plane and Redis of its own. Exit code 1: an invariant was violated.
import { parseArgs } from 'node:util'
import { startControlPlanes } from '@levee/deploy/control-plane-stack'
import { step } from '../../deploy/setup/progress.mjs'
import { UserError } from '../../deploy/setup/user-error.mjs'
import { numberOption, runCommand, wholeNumberOption } from '../lib/command.ts'
import { FAULTS } from './nodes/faults.ts'
import { simulate } from './simulation.ts'
import { describe } from './summary.ts'

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '2000' },
    sites: { type: 'string', default: '40' },
    seconds: { type: 'string', default: '60' },
    'joins-per-sec': { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    replicas: { type: 'string', default: '2' },
    faults: { type: 'string', default: 'light' },
    'report-every-ms': { type: 'string' },
    'meeting-sec': { type: 'string' },
    largest: { type: 'string' },
    undeclared: { type: 'string' },
    'tracks-per-core': { type: 'string' },
  },
})

function optional(name: keyof typeof values): number | undefined {
  const text = values[name]
  return text === undefined ? undefined : numberOption(name, text)
}

function ratesOf(name: string) {
  if (name in FAULTS) return FAULTS[name as keyof typeof FAULTS]
  throw new UserError(`--faults ${name}: give one of ${Object.keys(FAULTS).join(', ')}.`)
}

await runCommand(async (signal) => {
  const options = {
    nodes: wholeNumberOption('nodes', values.nodes, 1),
    sites: wholeNumberOption('sites', values.sites, 1),
    seconds: numberOption('seconds', values.seconds),
    joinsPerSec: numberOption('joins-per-sec', values['joins-per-sec']),
    seed: numberOption('seed', values.seed),
    reportEveryMs: optional('report-every-ms'),
    meetingSec: optional('meeting-sec'),
    largest: optional('largest'),
    undeclared: optional('undeclared'),
    tracksPerCore: optional('tracks-per-core'),
    rates: ratesOf(values.faults),
  }
  const replicas = wholeNumberOption('replicas', values.replicas, 1)
  const stack = await step(`Redis and control planes: ${replicas}`, () =>
    startControlPlanes({ replicas, logLevel: 'warn', signal }),
  )
  try {
    const { urls, enrolmentKey, operatorKey } = stack
    const summary = await simulate({ ...options, urls, enrolmentKey, operatorKey, signal })
    process.stdout.write(`\n${describe(summary)}\n`)
    process.exitCode = summary.violated === 0 ? 0 : 1
  } finally {
    await stack.stop()
  }
})
