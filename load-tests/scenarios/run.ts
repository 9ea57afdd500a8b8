// `npm run load [-- --short]`: k6 against a stack of its own: two replicas, two edge nodes, real Redis and LiveKit.
import { onShutdown } from '../../deploy/stack/processes/shutdown.ts'
import { step } from '../../deploy/setup/progress.mjs'
import { printUserError } from '../../deploy/setup/user-error.mjs'
import { startStack } from '../../deploy/stack/stack.ts'
import { runK6, THRESHOLD_CROSSED } from './k6.ts'

/** Both fit two cores that also carry k6 itself. */
const LONG = { MEETINGS_PER_SEC: '10', PEOPLE: '4', CALM_SEC: '10', SURGE_SEC: '30', STAY_MS: '2000' }
const SHORT = { MEETINGS_PER_SEC: '6', PEOPLE: '4', CALM_SEC: '2', SURGE_SEC: '8', STAY_MS: '1000' }

/**
 * Nobody here sends media, so the nodes would refuse for promises that are never called in: 2 cores are worth 800
 * tracks. What a node really bears is another test's question.
 */
const ROOMY = { LEVEE_CAPACITY_TRACKS: '1000000', LEVEE_CAPACITY_CPU_CORES: '64' }
const NODES = [
  { id: 'hq-1', site: 'head-office', agentEnv: ROOMY },
  { id: 'branch-1', site: 'branch', agentEnv: ROOMY },
]

const short = process.argv.includes('--short')
const over = new AbortController()
onShutdown({ stop: () => over.abort(), kill: () => process.exit(130) })

async function main(): Promise<void> {
  const stack = await step('Redis, two edge nodes, two control planes', () =>
    startStack({ nodes: NODES, replicas: 2, logLevel: 'warn', signal: over.signal }),
  )
  try {
    const code = await runK6({
      scenario: 'surge.ts',
      settings: {
        LEVEE_URLS: stack.urls.join(','),
        NODES: NODES.map(({ id }) => id).join(','),
        ...(short ? SHORT : LONG),
      },
      signal: over.signal,
    })
    if (code === 0) process.stdout.write('\n  ✓ every threshold held\n')
    else if (code === THRESHOLD_CROSSED) process.stderr.write('\n  ✗ a threshold was crossed: see above\n')
    else process.stderr.write(`\n  ✗ k6 ended with code ${code}\n`)
    process.exitCode = code === 0 ? 0 : 1
  } finally {
    await stack.stop()
  }
}

await main().catch((error: unknown) => {
  printUserError(error)
  process.exitCode = 1
})
