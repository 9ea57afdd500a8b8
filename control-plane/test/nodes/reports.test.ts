// Reports that arrive late, twice or incomplete: the real scripts on a real Redis; only time is faked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeReading } from '../../src/domain/nodes.ts'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import {
  enrol,
  fleet,
  later,
  nodeOf,
  place,
  redis,
  report,
  room,
  seqs,
  siteOf,
  store,
  whole,
} from '../support/fleet-rig.ts'

test('a report that arrives twice, too late, or from before a restart changes nothing', async () => {
  await fleet(['a'])
  const there = await room()
  await place(there)
  await report('a', { utilisationPpm: 200_000, rooms: whole([`${there}~1`, 8]) })
  const before = await nodeOf('a')
  const old: Partial<NodeReading> = { seq: 1, up: false, rooms: whole() }
  await report('a', old)
  assert.deepEqual(await nodeOf('a'), before)
  await report('a', { bootId: 'boot-two', seq: 1, utilisationPpm: 300_000 })
  const late = await report('a', { bootId: 'boot-one', seq: 999, up: false })
  assert.deepEqual(late, { refused: 'node_unauthorized' })
  assert.equal((await nodeOf('a'))?.up, true)
  assert.equal((await nodeOf('a'))?.utilisationPpm, 300_000)
})

test('a late report from two restarts ago does not lock the current agent out', async () => {
  await fleet(['a'])
  for (const bootId of ['boot-two', 'boot-three']) await report('a', { bootId, seq: 1 })
  // It is taken for a new start …
  assert.ok(!('refused' in (await report('a', { bootId: 'boot-one', seq: 1, up: false }))))
  assert.equal((await nodeOf('a'))?.up, false)
  // … until the current agent is refused, and enrols again as agents do.
  assert.deepEqual(await report('a', { bootId: 'boot-three', seq: 2 }), { refused: 'node_unauthorized' })
  await enrol('a')
  assert.ok(!('refused' in (await report('a', { bootId: 'boot-three', seq: 3 }))))
  assert.equal((await nodeOf('a'))?.up, true)
})

test('a room that the node reports as gone has ended: the next participants reserve again', async () => {
  await fleet(['a'])
  const there = await room({ costTracks: 40 })
  await place(there)
  await report('a', { rooms: whole([`${there}~1`, 40]) })
  assert.equal((await nodeOf('a'))?.reservedTracks, 0)
  await place(there)
  assert.equal((await nodeOf('a'))?.reservedTracks, 0, 'people are there')
  const since = seqs.get('a') ?? 0
  const gone = { since, changed: [], gone: [`${there}~1`], rooms: 0, participants: 0 }
  await report('a', { rooms: gone })
  await place(there)
  assert.equal((await nodeOf('a'))?.reservedTracks, 40)
})

test('a change since an unknown report is answered with a request for all rooms', async () => {
  await fleet(['a'])
  const there = await room()
  await place(there)
  const change = { since: 77, changed: [], gone: [`${there}~1`], rooms: 0, participants: 0 }
  const order = await report('a', { rooms: change })
  assert.ok(!('refused' in order) && order.wholeRooms)
})

test('a node that enrols at another site leaves nothing behind', async () => {
  await fleet(['a', 'east'], ['b', 'east'])
  await place(await room({ site: 'east' }))
  assert.equal(await enrol('a', 'west'), 'enrolled')
  await report('a')
  assert.equal(await nodeOf('a', 'east'), undefined)
  assert.equal((await nodeOf('a', 'west'))?.site, 'west')
  const { nodes, serving } = (await siteOf('east'))!
  assert.deepEqual([nodes, serving, (await siteOf('west'))?.serving], [1, 1, 1])
})

test('a sweep corrects reservations that do not add up, but never from an empty report', async () => {
  await fleet(['a'])
  await place(await room({ costTracks: 50 }))
  const bend = {
    name: 'bend',
    sha: '0'.repeat(40),
    source: `
    redis.call('HSET', KEYS[1] .. ':reserved:a', 'ghost000ghost000~1', 70)
    redis.call('HINCRBY', KEYS[1] .. ':node:a', 'reservedTracks', 90)
    redis.call('HINCRBY', KEYS[1] .. ':site:hq', 'reservedTracks', 90)`,
  }
  await redis.evaluate({ script: bend, shardPrefix: '{lv}', args: [] })
  await later(11_000)
  assert.deepEqual(
    await store.sweepSite('hq'),
    { silenced: 1, dead: 0, correctedTracks: 0 },
    'no node reports',
  )
  await report('a')
  await later(PLACEMENT.sweepMs)
  const swept = await store.sweepSite('hq')
  assert.ok(swept !== 'idle' && swept.correctedTracks > 0)
  // The wrong reservation lapses like any other.
  await later(60_000)
  await report('a')
  await store.sweepSite('hq')
  assert.equal((await nodeOf('a'))?.reservedTracks, 0)
  assert.equal((await siteOf())?.reservedTracks, 0)
})
