// What operators do during an ordered restart: stop it, begin it twice, set states of nodes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { store } from '../support/fleet-rig.ts'
import {
  NAMES,
  reports,
  restart,
  restartLivekit,
  stateOf,
  steady,
  step,
  threeNodes,
} from '../support/restart-rig.ts'

test('stopped: a drain is cancelled, a node that is being restarted comes back first, nothing follows', async () => {
  await threeNodes()
  await store.beginRestart('hq')
  await step()
  assert.equal(await stateOf('a'), 'draining')
  assert.equal(await store.stopRestart('hq'), 'stopped')
  assert.equal(await stateOf('a'), 'serving')
  assert.equal(await store.stopRestart('hq'), 'stopped', 'a second call has the same result')

  await store.beginRestart('hq')
  await step()
  await step()
  assert.equal(await store.stopRestart('hq'), 'finishes')
  assert.equal((await restart())?.stopping, true)
  await restartLivekit('a')
  await steady()
  assert.equal(await step(), 'back a')
  assert.equal(await restart(), null)
  assert.equal(await step(), 'idle')
  assert.deepEqual(await Promise.all(NAMES.map(stateOf)), ['serving', 'serving', 'serving'])
})

test('a second beginRestart changes nothing; one after a stop continues', async () => {
  await threeNodes()
  await store.beginRestart('hq')
  await step()
  await step()
  const before = await restart()
  assert.equal(await store.beginRestart('hq'), 'goes_on')
  assert.deepEqual(await restart(), before)
  await store.stopRestart('hq')
  await store.beginRestart('hq')
  assert.equal((await restart())?.stopping, false)
})

test('what an operator sets on the node takes precedence', async () => {
  await threeNodes()
  await store.beginRestart('hq')
  await step()
  await store.setNodeState('a', 'serving')
  assert.equal(await step(), 'stuck a taken_back')
  assert.equal(await store.beginRestart('hq'), 'goes_on')
  assert.equal(await step(), 'drained a')
  await step()
  await store.setNodeState('a', 'cordoned')
  assert.equal(await step(), 'stuck a taken_back')
  assert.equal((await reports('a')).restart, false)
  await store.stopRestart('hq')
  assert.equal(await stateOf('a'), 'cordoned')
})

test('a cordoned node is cordoned again afterwards, a drained node drained', async () => {
  await threeNodes()
  await store.setNodeState('a', 'cordoned')
  await store.setNodeState('b', 'draining', { withinMs: 60_000, freeElsewhere: undefined })
  await store.beginRestart('hq')
  for (const node of ['a', 'b'] as const) {
    assert.equal(await step(), `drained ${node}`)
    assert.equal(await step(), `restarted ${node}`)
    await restartLivekit(node)
    await steady()
    assert.equal(await step(), `back ${node}`)
  }
  assert.deepEqual(await Promise.all(NAMES.map(stateOf)), ['cordoned', 'draining', 'serving'])
})
