// The surge meets its thresholds on a healthy stack and crosses them on a broken one.
// Runs alone: the thresholds are response times.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NodeSpec, startStack } from '@levee/deploy/stack'
import { runK6, THRESHOLD_CROSSED } from '../../lib/run-k6.ts'

const UNLIMITED: NodeSpec = { id: 'n1', site: 'hq', agentEnv: { LEVEE_CAPACITY_TRACKS: '1000000' } }
const SMALL = { MEETINGS_PER_SEC: '2', PEOPLE: '3', CALM_SEC: '1', SURGE_SEC: '1', STAY_MS: '100' }

async function surgeOn(nodes: readonly NodeSpec[], settings: Record<string, string> = {}): Promise<number> {
  const stack = await startStack({ nodes, logLevel: 'warn' })
  try {
    return await runK6({
      scenario: 'surge.ts',
      settings: { LEVEE_URLS: stack.url, ...SMALL, ...settings },
      output: 'ignore',
    })
  } finally {
    await stack.stop()
  }
}

test('a healthy stack meets all thresholds', async () => {
  assert.equal(await surgeOn([UNLIMITED], { NODES: 'n1' }), 0)
})

test('a fleet without nodes crosses them', async () => {
  assert.equal(await surgeOn([]), THRESHOLD_CROSSED)
})

test('a node that gets no meeting crosses them', async () => {
  assert.equal(await surgeOn([UNLIMITED], { NODES: 'n1,n2' }), THRESHOLD_CROSSED)
})
