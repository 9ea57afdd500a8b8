// `node load-tests/simulator/main.ts --nodes 2000 --sites 40 --seconds 60 --joins-per-sec 200 --seed 7 --faults light`:
// a simulated fleet against a control plane and Redis of its own. Ends with 1 when anything that must hold did not.
import { parseArgs } from 'node:util'
import { onShutdown } from '../../deploy/stack/processes/shutdown.ts'
import { step } from '../../deploy/setup/progress.mjs'
import { printUserError } from '../../deploy/setup/user-error.mjs'
import { startControlPlanes } from '../../deploy/stack/control-plane-stack.ts'
import { FAULTS } from './faults.ts'
import { simulate } from './simulator.ts'
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
    surprises: { type: 'string' },
    'tracks-per-core': { type: 'string' },
  },
})

const over = new AbortController()
onShutdown({ stop: () => over.abort(), kill: () => process.exit(130) })

function number(name: keyof typeof values): number | undefined {
  const text = values[name]
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} must be a number: ${text}`)
  return value
}

function ratesOf(name: string) {
  if (name in FAULTS) return FAULTS[name as keyof typeof FAULTS]
  throw new Error(`--faults must be one of ${Object.keys(FAULTS).join(', ')}: ${name}`)
}

async function main(): Promise<void> {
  const options = {
    nodes: number('nodes') ?? 0,
    sites: number('sites') ?? 0,
    seconds: number('seconds') ?? 0,
    joinsPerSec: number('joins-per-sec') ?? 0,
    seed: number('seed') ?? 0,
    reportEveryMs: number('report-every-ms'),
    meetingSec: number('meeting-sec'),
    largest: number('largest'),
    surprises: number('surprises'),
    tracksPerCore: number('tracks-per-core'),
    rates: ratesOf(values.faults),
  }
  const replicas = number('replicas') ?? 1
  const stack = await step(`Redis and control planes: ${replicas}`, () =>
    startControlPlanes({ replicas, logLevel: 'warn', signal: over.signal }),
  )
  try {
    const { urls, enrolmentKey, operatorKey } = stack
    const summary = await simulate({ ...options, urls, enrolmentKey, operatorKey, signal: over.signal })
    process.stdout.write(`\n${describe(summary)}\n`)
    process.exitCode = summary.violated === 0 ? 0 : 1
  } finally {
    await stack.stop()
  }
}

await main().catch((error: unknown) => {
  printUserError(error)
  process.exitCode = 1
})
