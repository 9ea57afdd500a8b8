// Ordered restart of a site: in order, only where rooms fit elsewhere, one at a time, never past a node that is not back.
import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { NodeReading } from '../../src/domain/nodes.ts'
import { parseRoomName, roomNameOf } from '../../src/protocol/room-names.ts'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import {
  enrol,
  fleet,
  later,
  nodeOf,
  openStore,
  place,
  report,
  room,
  siteOf,
  store,
  whole,
} from '../support/fleet-rig.ts'

const NAMES = ['a', 'b', 'c'] as const
const FREE = [{ site: 'hq', tracks: 0 }]
/** When each LiveKit started, by its node's clock. */
const started = new Map<string, number>()
beforeEach(() => started.clear())

async function reports(node: string, change: Partial<NodeReading> = {}) {
  const order = await report(node, { startedAtSec: started.get(node) ?? 1_000, ...change })
  assert.ok(!('refused' in order), JSON.stringify(order))
  return order
}
async function threeNodes(): Promise<void> {
  await fleet(['a'], ['b'], ['c'])
  await allReport()
}
const allReport = async () => {
  for (const node of NAMES) await reports(node)
}
const step = async () => {
  const taken = await store.stepRestart('hq', FREE)
  return typeof taken === 'string' ? taken : Object.values(taken).join(' ')
}
const restart = async () => (await siteOf())?.restart
const stateOf = async (node: string) => (await nodeOf(node))?.state

/** Its LiveKit ends and comes back as another process. */
async function restartLivekit(node: string, change: Partial<NodeReading> = {}): Promise<void> {
  await reports(node, { up: false, rooms: null })
  started.set(node, (started.get(node) ?? 1_000) + 600)
  await later(400)
  await reports(node, { rooms: whole(), ...change })
}
async function steady(): Promise<void> {
  for (let ms = 0; ms < PLACEMENT.restartSteadyMs; ms += 1_000) {
    await step()
    await later(1_000)
    await allReport()
  }
}

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
