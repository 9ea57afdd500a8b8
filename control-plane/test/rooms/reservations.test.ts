// What a placement reserves, and which nodes it may use: the real scripts on a real Redis; only time is faked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
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
  siteOf,
  store,
  whole,
} from '../support/fleet-rig.ts'

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
  assert.equal((await nodeOf('a'))?.reservedTracks, 159, 'a declared size takes precedence')
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
  // 4,000 tracks in all, the largest node 2,000: these stay free, though no node is at its own cap of 0.75.
  const placements: Placement[] = []
  for (let i = 0; i < 20; i++) placements.push(await place(await room({ costTracks: 100 })))
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

test('a standby is in another failure domain, takes the room over, and is the first to be given up', async () => {
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
