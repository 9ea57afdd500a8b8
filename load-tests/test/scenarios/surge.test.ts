// The thresholds of the surge hold on a healthy stack and fire on an ill one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type NodeSpec, startStack } from '../../../deploy/stack/stack.ts'
import { runK6, THRESHOLD_CROSSED } from '../../lib/run-k6.ts'

const ROOMY: NodeSpec = { id: 'n1', site: 'hq', agentEnv: { LEVEE_CAPACITY_TRACKS: '1000000' } }
const DROP = { MEETINGS_PER_SEC: '2', PEOPLE: '3', CALM_SEC: '1', SURGE_SEC: '1', STAY_MS: '100' }

async function surgeOn(nodes: readonly NodeSpec[], settings: Record<string, string> = {}): Promise<number> {
  const stack = await startStack({ nodes, logLevel: 'warn' })
  try {
    return await runK6({
      scenario: 'surge.ts',
      settings: { LEVEE_URLS: stack.url, ...DROP, ...settings },
      output: 'ignore',
    })
  } finally {
    await stack.stop()
  }
}

test('all hold on a healthy stack', async () => {
  assert.equal(await surgeOn([ROOMY], { NODES: 'n1' }), 0)
})

test('a fleet without nodes crosses them', async () => {
  assert.equal(await surgeOn([]), THRESHOLD_CROSSED)
})

test('a node that gets no meeting crosses them', async () => {
  assert.equal(await surgeOn([ROOMY], { NODES: 'n1,n2' }), THRESHOLD_CROSSED)
})
