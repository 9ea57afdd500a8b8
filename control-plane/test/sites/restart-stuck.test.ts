// An ordered restart never continues past a node that is not back or not empty.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import { later, place, room, store, whole } from '../support/fleet-rig.ts'
import {
  allReport,
  NAMES,
  reports,
  restart,
  restartLivekit,
  stateOf,
  steady,
  step,
  threeNodes,
} from '../support/restart-rig.ts'

test('a node that does not come back stops it; the rest stay as they are until an operator has decided', async () => {
  await threeNodes()
  await store.beginRestart('hq')
  await step()
  await step()
  await reports('a', { up: false, rooms: null })
  for (let ms = 0; ms < PLACEMENT.restartBackMs; ms += 5_000) {
    assert.equal(await step(), 'idle', `${ms} ms`)
    await later(5_000)
    for (const node of ['b', 'c']) await reports(node)
    await reports('a', { up: false, rooms: null })
  }
  await later(1)
  assert.equal(await step(), 'stuck a not_back')
  for (let i = 0; i < 3; i++) assert.equal(await step(), 'idle')
  assert.deepEqual(await Promise.all(NAMES.map(stateOf)), ['draining', 'serving', 'serving'])
  // The node is back, but the restart continues only when an operator says so.
  await restartLivekit('a')
  await steady()
  assert.equal((await restart())?.state, 'stuck')
  assert.equal(await store.beginRestart('hq'), 'goes_on')
  await steady()
  assert.equal(await step(), 'back a')
  assert.equal(await step(), 'drained b')
})

test('a version that comes up and crashes is not back', async () => {
  await threeNodes()
  await store.beginRestart('hq')
  await step()
  await step()
  for (let ms = 0; ms < PLACEMENT.restartBackMs; ms += 3_000) {
    await restartLivekit('a')
    assert.equal(await step(), 'idle', `${ms} ms`)
    await later(2_600)
    assert.equal(await step(), 'idle')
    await reports('b')
    await reports('c')
  }
  await later(1)
  assert.equal(await step(), 'stuck a not_back')
  assert.deepEqual(await Promise.all(NAMES.map(stateOf)), ['draining', 'serving', 'serving'])
})

test('stuck because a node is not back: continuing skips it, stopping returns it to service', async () => {
  for (const goesOn of [true, false]) {
    await threeNodes()
    await store.beginRestart('hq')
    await step()
    await step()
    await reports('a', { up: false, rooms: null })
    await later(PLACEMENT.restartBackMs + 1)
    for (const node of ['b', 'c']) await reports(node)
    await reports('a', { up: false, rooms: null })
    assert.equal(await step(), 'stuck a not_back')
    if (goesOn) {
      assert.equal(await store.beginRestart('hq'), 'goes_on')
      assert.equal((await restart())?.skipped, 1)
      assert.equal(await step(), 'drained b')
    }
    await store.stopRestart('hq')
    assert.equal(await restart(), null)
    assert.deepEqual(await Promise.all(NAMES.map(stateOf)), ['serving', 'serving', 'serving'])
    await restartLivekit('a')
    assert.equal((await reports('a')).restart, false)
  }
})

test('an agent that cannot restart LiveKit reports it; once a person has done it, the restart continues by itself', async () => {
  await threeNodes()
  await store.beginRestart('hq')
  await step()
  await step()
  await reports('a', { cannotRestart: true })
  assert.equal(await step(), 'stuck a by_hand')
  // Longer than a node has to come back: people are slow.
  for (let ms = 0; ms < 2 * PLACEMENT.restartBackMs; ms += 5_000) {
    await later(5_000)
    await allReport()
    assert.equal(await step(), 'idle')
  }
  await restartLivekit('a')
  await step()
  assert.equal((await restart())?.state, 'restarting')
  await steady()
  assert.equal(await step(), 'back a')
})

test('the restart waits for an absent node, then skips it; a silent site waits', async () => {
  await threeNodes()
  await reports('a', { up: false, rooms: null })
  await store.beginRestart('hq')
  assert.equal(await step(), 'idle')
  assert.equal((await restart())?.reason, 'silent')
  for (let ms = 0; ms < PLACEMENT.restartBackMs; ms += 5_000) {
    await later(5_000)
    await reports('a', { up: false, rooms: null })
    for (const node of ['b', 'c']) await reports(node)
    assert.equal(await step(), 'idle', `${ms} ms`)
  }
  await later(1)
  assert.equal(await step(), 'skipped a')
  assert.equal((await restart())?.skipped, 1)
  await later(PLACEMENT.suspectMs + 1)
  await reports('a', { up: false, rooms: null })
  assert.equal(await step(), 'idle')
  assert.equal((await restart())?.reason, 'frozen')
})

test('a node that is not empty in time returns to service, and an operator has to look', async () => {
  await threeNodes()
  const id = await room()
  let at = await place(id)
  while (at.node !== 'a') at = await place(await room())
  await reports('a', { rooms: whole(['0000000000000000~1', 8]) })
  await store.beginRestart('hq')
  await step()
  for (let ms = 0; ms <= PLACEMENT.restartDrainMs; ms += 5_000) {
    assert.equal(await step(), 'idle', `${ms} ms`)
    await later(5_000)
    await allReport()
  }
  assert.equal(await step(), 'stuck a not_empty')
  assert.deepEqual(await Promise.all(NAMES.map(stateOf)), ['serving', 'serving', 'serving'])
})
