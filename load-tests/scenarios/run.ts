// `npm run load [-- --short]`: the surge scenario in k6, against two control planes and two edge nodes with real Redis and
// LiveKit.
import { startStack } from '@levee/deploy/stack'
import { readArguments } from '../../deploy/setup/arguments.mjs'
import { step } from '../../deploy/setup/progress.mjs'
import { runCommand } from '../lib/command.ts'
import { runK6, THRESHOLD_CROSSED } from '../lib/run-k6.ts'

/** Both sizes fit on two cores, together with k6 itself. */
const LONG = { MEETINGS_PER_SEC: '10', PEOPLE: '4', CALM_SEC: '10', SURGE_SEC: '30', STAY_MS: '2000' }
const SHORT = { MEETINGS_PER_SEC: '6', PEOPLE: '4', CALM_SEC: '2', SURGE_SEC: '8', STAY_MS: '1000' }

/**
 * No media is sent here, so reservations never turn into load, and nodes of 2 cores (800 tracks) would refuse rooms. This
 * scenario does not test how much load a node can take.
 */
const UNLIMITED = { LEVEE_CAPACITY_TRACKS: '1000000', LEVEE_CAPACITY_CPU_CORES: '64' }
const NODES = [
  { id: 'hq-1', site: 'head-office', agentEnv: UNLIMITED },
  { id: 'branch-1', site: 'branch', agentEnv: UNLIMITED },
]

const { values } = readArguments('npm run load [-- --short]', {
  options: { short: { type: 'boolean', default: false } },
})

await runCommand(async (signal) => {
  const stack = await step('Redis, two edge nodes, two control planes', () =>
    startStack({ nodes: NODES, replicas: 2, logLevel: 'warn', signal }),
  )
  try {
    const code = await runK6({
      scenario: 'surge.ts',
      settings: {
        LEVEE_URLS: stack.urls.join(','),
        NODES: NODES.map(({ id }) => id).join(','),
        ...(values.short ? SHORT : LONG),
      },
      signal,
    })
    if (code === 0) process.stdout.write('\n  ✓ all thresholds were met\n')
    else if (code === THRESHOLD_CROSSED)
      process.stderr.write('\n  ✗ a threshold was crossed; the lines above show which\n')
    else process.stderr.write(`\n  ✗ k6 ended with code ${code}\n`)
    process.exitCode = code === 0 ? 0 : 1
  } finally {
    await stack.stop()
  }
})
