// Leases, reservations and silent nodes over minutes of Redis time: the real scripts on a real Redis; only time is faked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeReading } from '../../src/domain/nodes.ts'
import type { Placement } from '../../src/domain/rooms.ts'
import { roomNameOf } from '../../src/protocol/room-names.ts'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import {
  enrol,
  fleet,
  later,
  nodeOf,
  openStore,
  place,
  redis,
  refusal,
  report,
  room,
  seqs,
  siteOf,
  store,
  whole,
} from '../support/fleet-rig.ts'

test('a node that falls silent gets no new room after 10 s and is given up after 25 s, no sooner', async () => {
  await fleet(['a'], ['b'], ['c'], ['d'], ['e'], ['f'])
  const there = await room()
  const first = await place(there)
  const others = ['a', 'b', 'c', 'd', 'e', 'f'].filter((node) => node !== first.node)
  const reportOthers = () => Promise.all(others.map((node) => report(node)))
  await report(first.node, { rooms: whole([`${there}~1`, 8]) })
  for (let ms = 0; ms < 24_000; ms += 4_000) {
    await later(4_000)
    await reportOthers()
    assert.equal((await place(there)).node, first.node, `${ms} ms`)
    if (ms >= 8_000)
      for (let i = 0; i < 10; i++) assert.notEqual((await place(await room())).node, first.node)
  }
  await later(2_000)
  await reportOthers()
  const second = await place(there)
  assert.notEqual(second.node, first.node)
  assert.equal(second.epoch, 2)
  const told = await report(first.node, { rooms: whole([`${there}~1`, 8]) })
  assert.ok(!('refused' in told))
  assert.deepEqual(told.moved, [`${there}~1`])
  assert.equal((await place(there)).node, second.node)
})

for (const pauseMs of [10_000, 60_000])
  test(`Redis stands still for ${pauseMs / 1000} s: no node is given up, no meeting moves`, async () => {
    const names = ['a', 'b', 'c', 'd'] as const
    await fleet(...names.map((name): [string] => [name]))
    const made = await Promise.all(Array.from({ length: 12 }, () => room()))
    const before = await Promise.all(made.map((id) => place(id)))
    for (const name of names) {
      const mine = before.flatMap((p, i) =>
        p.node === name ? ([[`${made[i]}~1`, 8]] as [string, number][]) : [],
      )
      await report(name, { rooms: whole(...mine) })
    }
    await later(pauseMs)
    // Joins and a sweep come before any report.
    await store.sweepSite('hq')
    const during = await Promise.all(made.map((id) => place(id)))
    assert.deepEqual(
      during.map(({ node, epoch }) => [node, epoch]),
      before.map(({ node, epoch }) => [node, epoch]),
    )
    if (pauseMs > PLACEMENT.suspectMs) {
      assert.equal((await siteOf())?.frozen, true)
      assert.equal(await refusal(await room()), 'no_node')
    }
    for (const name of names) await report(name)
    assert.equal((await siteOf())?.frozen, false)
    await place(await room())
  })

test('a fifth of a site that falls silent is given up; more than that together is not, for two minutes', async () => {
  const names = Array.from({ length: 10 }, (_, i) => `n${i}`)
  await fleet(...names.map((name): [string] => [name]))
  const made = await Promise.all(Array.from({ length: 40 }, () => room()))
  const seats = await Promise.all(made.map((id) => place(id)))
  const keepAlive = async (alive: string[], ms: number) => {
    for (let t = 0; t < ms; t += 5_000) {
      await later(5_000)
      for (const name of alive) await report(name)
    }
  }
  for (const name of names) {
    const mine = seats.flatMap((p, i) =>
      p.node === name ? ([[`${made[i]}~1`, 8]] as [string, number][]) : [],
    )
    await report(name, { rooms: whole(...mine) })
  }
  const roomOn = (name: string) => made[seats.findIndex((seat) => seat.node === name)]!
  // Three of ten: frozen.
  await keepAlive(names.slice(3), 40_000)
  assert.equal((await siteOf())?.frozen, true)
  assert.equal((await place(roomOn('n0'))).node, 'n0')
  assert.deepEqual(await store.sweepSite('hq'), { silenced: 3, dead: 0, mendedTracks: 0 })
  // Two of them come back: the third is a single failure.
  await keepAlive(names.slice(1), 5_000)
  assert.equal((await siteOf())?.frozen, false)
  assert.notEqual((await place(roomOn('n0'))).node, 'n0')
  // Frozen again, but not for ever.
  await keepAlive(names.slice(4), 130_000)
  assert.notEqual((await place(roomOn('n1'))).node, 'n1')
})

test('a reservation shrinks as its load is seen, fades in its last half minute, and lapses', async () => {
  await fleet(['a'])
  const there = await room({ costTracks: 100 })
  await place(there)
  assert.equal((await nodeOf('a'))?.reservedTracks, 100)
  await report('a', { rooms: whole([`${there}~1`, 40]) })
  assert.equal((await nodeOf('a'))?.reservedTracks, 60)
  await later(15_000)
  await report('a', { rooms: whole([`${there}~1`, 40]) })
  assert.equal((await nodeOf('a'))?.reservedTracks, 30)
  // Another participant is on the way: what is left is kept for longer, not made larger.
  await place(there)
  assert.equal((await nodeOf('a'))?.reservedTracks, 30)
  await later(20_000)
  await report('a')
  assert.ok((await nodeOf('a'))!.reservedTracks <= 30)
  await later(31_000)
  await report('a')
  assert.equal((await nodeOf('a'))?.reservedTracks, 0)
  assert.equal((await siteOf())?.reservedTracks, 0)
})

test('a participant who comes early to a scheduled meeting keeps its reservation until five minutes after the start', async () => {
  await fleet(['a'])
  const there = await room({ costTracks: 200, startsAtMs: redis.now() + 10 * 60_000 })
  await place(there)
  for (let minute = 0; minute < 14; minute++) {
    await later(60_000)
    await report('a')
    await store.sweepSite('hq')
    assert.equal((await nodeOf('a'))?.reservedTracks, 200, `minute ${minute}`)
  }
  await later(61_000)
  await report('a')
  assert.equal((await nodeOf('a'))?.reservedTracks, 0)
})

test('a room of unknown size is expected to be as large as past meetings of its link, or of its tenant', async () => {
  await fleet(['a'])
  const first = await room({ tenant: 'acme' })
  await place(first)
  assert.equal((await nodeOf('a'))?.reservedTracks, PLACEMENT.defaultCostTracks)
  await report('a', { rooms: whole([`${first}~1`, 150]) })
  await report('a', { rooms: whole([`${first}~1`, 20]) })
  await report('a', { rooms: whole() })
  assert.equal((await nodeOf('a'))?.reservedTracks, 0)
  await place(first)
  assert.equal((await nodeOf('a'))?.reservedTracks, 150, 'the link')
  await report('a', { up: false })
  await report('a')
  await place(await room({ tenant: 'acme' }))
  assert.equal((await nodeOf('a'))?.reservedTracks, 150, 'the tenant')
  await place(await room({ tenant: 'acme', costTracks: 9 }))
  assert.equal((await nodeOf('a'))?.reservedTracks, 159, 'what is declared wins')
})

test('a link whose last meeting nearly filled a node opens again; a room that declares too many participants is refused', async () => {
  await fleet(['a'], ['b'])
  const id = await room()
  const first = await place(id)
  await report(first.node, { rooms: whole([roomNameOf(id, first.epoch), 880]), utilisationPpm: 880_000 })
  await report(first.node, { rooms: whole(), utilisationPpm: 0 })
  await later(PLACEMENT.reservationMs * 2)
  for (const node of ['a', 'b']) await report(node)
  const again = await place(id)
  assert.equal((await nodeOf(again.node))?.reservedTracks, 750, 'what a node takes of a new room')

  await report(again.node, { up: false })
  await report(again.node)
  assert.equal(await refusal(await room({ costTracks: 880 })), 'fleet_full')
})

test('new rooms leave enough free to lose the largest node; participants who lost their node may use it', async () => {
  await fleet(['a'], ['b'], ['c'])
  for (const node of ['a', 'b', 'c']) await report(node, { capacityTracks: node === 'a' ? 2_000 : 1_000 })
  // 4,000 in all, the largest 2,000: two are to be spared, though no node is at its own cap of 0.75.
  const seats: Placement[] = []
  for (let i = 0; i < 20; i++) seats.push(await place(await room({ costTracks: 100 })))
  const over = await room({ costTracks: 100 })
  assert.equal(await refusal(over), 'fleet_full')
  assert.ok((await siteOf())!.reservedTracks === 2_000)
  assert.ok(!('refused' in (await store.placeRoom(over, 'rejoin', {}))))
  await store.setSite('hq', { ranges: [], fallback: [], boundary: 'soft', spare: 'none' })
  await place(await room({ costTracks: 100 }))
})

test('a node accepts a limited number of joins per second, and rejoins at any time', async () => {
  await fleet(['a'])
  await report('a', { joinsPerSec: 5 })
  const there = await room()
  for (let i = 0; i < 5; i++) await place(there)
  assert.equal(await refusal(there), 'node_busy')
  await place(there, 'rejoin')
  await later(1_000)
  await place(there)
})

test('a node that has just come up does not get all new rooms', async () => {
  await fleet(['old'])
  await report('old', { utilisationPpm: 300_000 })
  await enrol('new')
  await report('new')
  assert.equal((await place(await room())).node, 'old')
  await later(PLACEMENT.slowStartMs)
  await report('old', { utilisationPpm: 300_000 })
  await report('new')
  assert.equal((await place(await room())).node, 'new')
})

test('a standby is in another failure domain, takes over, and is the first to be given up', async () => {
  openStore({ standby: 'warm' })
  await fleet(['a1', 'hq', 'rack-a'], ['a2', 'hq', 'rack-a'], ['b1', 'hq', 'rack-b'])
  const there = await room({ costTracks: 100, site: 'hq' })
  const first = await place(there)
  const racks: Record<string, string> = { a1: 'a', a2: 'a', b1: 'b' }
  const beside = first.standby
  assert.ok(beside && racks[beside.node] !== racks[first.node], JSON.stringify(first))
  assert.ok(beside.epoch > first.epoch, 'a standby has an epoch of its own')
  assert.equal((await nodeOf(beside.node))?.reservedTracks, 10)
  await report(first.node, { up: false })
  const second = await place(there, 'rejoin')
  assert.equal(second.node, beside.node)
  assert.equal(second.epoch, beside.epoch, 'where people are joined already')
  assert.ok(second.standby === null || second.standby.epoch > second.epoch)

  await redis.flush()
  openStore({ standby: 'warm' })
  await fleet(['a1', 'hq', 'rack-a'], ['b1', 'hq', 'rack-b'])
  await store.setSite('hq', { ranges: [], fallback: [], boundary: 'soft', spare: 'none' })
  const small = await place(await room({ costTracks: 500, site: 'hq' }))
  assert.ok(small.standby)
  assert.equal((await nodeOf(small.standby.node))?.reservedTracks, 50)
  // The site has enough capacity in total, but on no other node.
  await enrol('c', 'hq', 'rack-c')
  await report('c', { utilisationPpm: 740_000, capacityTracks: 10_000 })
  // 740 of 1,000 would be over the cap with the standby, and fits without.
  const large = await place(await room({ costTracks: 740, site: 'hq' }))
  assert.equal(large.node, small.standby.node)
  assert.equal((await nodeOf(large.node))?.reservedTracks, 740)
})

test('sites: the room’s own, else the participant’s; spill in order when full; a hard boundary holds', async () => {
  await fleet(['e', 'east'], ['w', 'west'], ['n', 'north'])
  assert.equal((await place(await room({ site: 'west' }), 'join', 'east')).site, 'west')
  assert.equal((await place(await room(), 'join', 'north')).site, 'north')
  const settings = { ranges: [] as string[], boundary: 'soft', spare: 'largest-node' } as const
  await store.setSite('west', { ...settings, fallback: ['north', 'east'] })
  await report('w', { utilisationPpm: 740_000 })
  assert.equal((await place(await room({ site: 'west' }))).site, 'north')
  await report('n', { utilisationPpm: 740_000 })
  assert.equal((await place(await room({ site: 'west' }))).site, 'east')
  await store.setSite('west', { ...settings, fallback: [], boundary: 'hard' })
  assert.equal(await refusal(await room({ site: 'west' })), 'site_full')
  await report('e', { utilisationPpm: 740_000 })
  assert.equal(await refusal(await room()), 'fleet_full')
})

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
    { silenced: 1, dead: 0, mendedTracks: 0 },
    'nobody is heard of',
  )
  await report('a')
  await later(PLACEMENT.sweepMs)
  const swept = await store.sweepSite('hq')
  assert.ok(swept !== 'idle' && swept.mendedTracks > 0)
  // The wrong reservation lapses like any other.
  await later(60_000)
  await report('a')
  await store.sweepSite('hq')
  assert.equal((await nodeOf('a'))?.reservedTracks, 0)
  assert.equal((await siteOf())?.reservedTracks, 0)
})

test('writes that Redis lost: no epoch is given twice, and the nodes’ reports restore placements, highest epoch first', async () => {
  await fleet(['a'], ['b'], ['c'])
  const there = await room()
  const snapshot = await redis.snapshot()
  const first = await place(there)
  const name = `${there}~${first.epoch}`
  await redis.restore(snapshot)
  assert.equal(await refusal(there), 'store_recovering')
  await report(first.node, { rooms: whole([name, 8]) })
  assert.deepEqual([(await place(there)).node, (await place(there)).epoch], [first.node, first.epoch])

  await later(PLACEMENT.recoverMs)
  for (const node of ['a', 'b', 'c']) await report(node)
  // The room was empty: it is placed again, under an epoch that no client got before.
  const other = await room()
  const again = await redis.snapshot()
  const lost = await place(other)
  await redis.restore(again)
  assert.equal(await refusal(other), 'store_recovering')
  await later(PLACEMENT.recoverMs)
  for (const node of ['a', 'b', 'c']) await report(node)
  assert.ok((await place(other)).epoch > lost.epoch)
})

test('writes that Redis lost: a meeting that is created afterwards waits for one node to report, and no longer', async () => {
  await fleet(['a'], ['b'])
  const before = await room()
  const snapshot = await redis.snapshot()
  await place(before)
  await later(100)
  await redis.restore(snapshot)
  assert.equal(await refusal(before), 'store_recovering')
  const next = await room()
  assert.equal(await refusal(next), 'store_recovering', 'nobody knows how the nodes stand')
  await report('b')
  const whileUnsure = await redis.snapshot()
  const first = await place(next)
  assert.equal(first.node, 'b')
  assert.equal(await refusal(before), 'store_recovering')
  // Lost once more, now with the placement of the new room.
  await redis.restore(whileUnsure)
  await report('a')
  await report('b')
  assert.equal(await refusal(next), 'store_recovering')
  await later(PLACEMENT.recoverMs)
  await report('b')
  assert.ok((await place(next)).epoch > first.epoch)
})
