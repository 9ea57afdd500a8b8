// Ordered restart of a site: in order, only where rooms fit elsewhere, one at a time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRoomName, roomNameOf } from '../../src/protocol/room-names.ts'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import { enrol, fleet, later, openStore, place, room, store, whole } from '../support/fleet-rig.ts'
import {
  allReport,
  FREE,
  NAMES,
  reports,
  restart,
  restartLivekit,
  stateOf,
  steady,
  step,
  threeNodes,
} from '../support/restart-rig.ts'

test('each node in turn is drained, restarted and back for a while; in the end all serve', async () => {
  await threeNodes()
  assert.equal(await store.beginRestart('hq'), 'begun')
  assert.equal((await restart())?.total, 3)
  for (const [i, node] of NAMES.entries()) {
    assert.equal(await step(), `drained ${node}`)
    for (const other of NAMES)
      assert.equal(
        await stateOf(other),
        other === node ? 'draining' : 'serving',
        `${other} while ${node} is drained`,
      )
    assert.equal((await reports(node)).restart, false, 'not before it is known to be empty')
    assert.equal(await step(), `restarted ${node}`)
    assert.equal(await step(), 'idle')
    assert.equal((await reports(node)).restart, true)
    assert.equal((await reports(node)).restart, true, 'until it is done')
    for (const other of NAMES) if (other !== node) assert.equal((await reports(other)).restart, false)
    await restartLivekit(node)
    assert.equal((await reports(node)).restart, false)
    assert.equal(await step(), 'idle')
    assert.equal(await stateOf(node), 'draining', 'up for a moment is not back')
    await later(PLACEMENT.restartSteadyMs - 1)
    await allReport()
    assert.equal(await step(), 'idle')
    await later(1)
    assert.equal(await step(), `back ${node}`)
    assert.equal(await stateOf(node), 'serving')
    assert.equal((await restart())?.done, i + 1)
  }
  assert.equal(await step(), 'ended 3 0')
  assert.equal(await step(), 'idle')
  const { state, node, reason, done } = (await restart()) ?? {}
  assert.deepEqual({ state, node, reason, done }, { state: 'done', node: null, reason: null, done: 3 })
  assert.equal(await store.stopRestart('hq'), 'stopped')
  assert.equal(await restart(), null)
  assert.deepEqual(await store.beginRestart('nowhere'), { refused: 'site_not_found' })
  assert.deepEqual(await store.stopRestart('nowhere'), { refused: 'site_not_found' })
})

test('a LiveKit with participants is not restarted: their rooms are moved first', async () => {
  await threeNodes()
  const ids = await Promise.all(Array.from({ length: 9 }, () => room({ costTracks: 8 })))
  const there: string[] = []
  for (const id of ids) if ((await place(id)).node === 'a') there.push(roomNameOf(id, 1))
  assert.ok(there.length > 0)
  await reports('a', { rooms: whole(...there.map((name): [string, number] => [name, 8])) })
  await store.beginRestart('hq')
  await step()
  assert.equal(await step(), 'idle')
  // The rooms are empty for a moment, but still there, and participants come back.
  const changed = there.map((name) => ({ name, participants: 0, tracks: 0 }))
  await reports('a', { rooms: { since: 0, changed, gone: [], rooms: there.length, participants: 0 } })
  assert.equal(await step(), 'idle')
  await reports('a', { rooms: whole(...there.map((name): [string, number] => [name, 8])) })
  for (const name of there) {
    const parts = parseRoomName(name)
    assert.ok(parts)
    assert.equal(await store.moveRoom({ ...parts, node: 'a' }), 'moved')
  }
  assert.equal(await step(), 'idle', 'moved, but its participants are still there')
  assert.equal((await reports('a', { rooms: whole() })).restart, false)
  assert.equal(await step(), 'restarted a')
})

test('while the other nodes lack capacity the turn does not begin; it says why, and begins once they have it', async () => {
  await threeNodes()
  await reports('a', { utilisationPpm: 300_000 })
  for (const node of ['b', 'c']) await reports(node, { utilisationPpm: 800_000 })
  await store.beginRestart('hq')
  for (let i = 0; i < 3; i++) assert.equal(await step(), 'idle')
  const { state, node, reason, needTracks, freeTracks } = (await restart()) ?? {}
  assert.deepEqual(
    { state, node, reason, needTracks, freeTracks },
    { state: 'waiting', node: 'a', reason: 'no_room', needTracks: 300, freeTracks: 200 },
  )
  assert.equal(await stateOf('a'), 'serving', 'no drain has begun')
  // What other sites would take counts, as in any drain.
  const taken = await store.stepRestart('hq', [{ site: 'branch', tracks: 100 }])
  assert.deepEqual(taken, { step: 'drained', node: 'a' })
  assert.equal((await restart())?.reason, null)
})

test('two replicas that step at once take each step once, and another continues where one died', async () => {
  await threeNodes()
  await store.beginRestart('hq')
  const first = store
  openStore()
  const both = await Promise.all([first.stepRestart('hq', FREE), store.stepRestart('hq', FREE)])
  assert.deepEqual(both.filter((taken) => taken !== 'idle' && taken.step === 'drained').length, 1)
  // The second replica saw an empty node and continued; no other node was drained.
  assert.deepEqual(await Promise.all(NAMES.map(stateOf)), ['draining', 'serving', 'serving'])
  openStore()
  await restartLivekit('a')
  await steady()
  assert.equal(await step(), 'back a')
  openStore()
  assert.equal(await step(), 'drained b')
})

test('one node at a time: the restart waits while another node is drained or leaves', async () => {
  await threeNodes()
  let id = await room()
  while ((await place(id)).node !== 'b') id = await room()
  await reports('b', { rooms: whole([roomNameOf(id, 1), 8]) })
  await store.setNodeState('b', 'draining', { withinMs: 60_000, freeElsewhere: undefined })
  await store.beginRestart('hq')
  assert.equal(await step(), 'idle')
  assert.equal((await restart())?.reason, 'another_drain')
  assert.equal(await stateOf('a'), 'serving')
  await reports('b', { rooms: whole() })
  assert.equal(await step(), 'drained a', 'a node that is drained and empty does not block the restart')
  await store.stopRestart('hq')

  await reports('a', { staysMs: 30_000 })
  await store.beginRestart('hq')
  assert.equal(await step(), 'idle')
  assert.equal((await restart())?.reason, 'leaving')
})

test('a node that was restarted or enrolled since the restart began is not restarted again', async () => {
  await threeNodes()
  await store.beginRestart('hq')
  await later(1)
  await restartLivekit('a')
  assert.equal(await step(), 'back a')
  await enrol('d')
  await reports('d')
  assert.equal(await step(), 'drained b')
  await step()
  await restartLivekit('b')
  await steady()
  await reports('d')
  assert.equal(await step(), 'back b')
  assert.equal(await step(), 'drained c')
  await step()
  await restartLivekit('c')
  await steady()
  await reports('d')
  assert.equal(await step(), 'back c')
  assert.equal(await step(), 'back d')
  assert.equal(await step(), 'ended 4 0')
  assert.equal((await restart())?.total, 4)
})

test('another process is recognised by its start time, not by a hang, a clock that is set, or a restarted agent', async () => {
  await threeNodes()
  await store.beginRestart('hq')
  await step()
  await step()
  await later(1)
  // A hang: the same process comes back.
  await reports('a', { up: false, rooms: null })
  assert.equal((await reports('a')).restart, true)
  // The node's clock is set.
  assert.equal((await reports('a', { startedAtSec: 1_003 })).restart, true)
  assert.equal((await reports('a', { bootId: 'boot-two', seq: 1 })).restart, true)
  // The reading failed: the last one still applies.
  assert.equal((await reports('a', { bootId: 'boot-two', seq: 2, startedAtSec: undefined })).restart, true)
  assert.equal((await reports('a', { bootId: 'boot-two', seq: 3, startedAtSec: 1_600 })).restart, false)
})

test('without start times, a LiveKit that went and came back is another process', async () => {
  const unknownStart = { startedAtSec: undefined }
  await fleet(['a'], ['b'])
  await store.beginRestart('hq')
  await step()
  await step()
  await later(1)
  assert.equal((await reports('a', unknownStart)).restart, true)
  await reports('a', { ...unknownStart, up: false, rooms: null })
  assert.equal((await reports('a', unknownStart)).restart, false)
})
