// Leases and silent nodes over minutes of Redis time: the real scripts on a real Redis; only time is faked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import { fleet, later, place, refusal, report, room, siteOf, store, whole } from '../support/fleet-rig.ts'

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
  const directive = await report(first.node, { rooms: whole([`${there}~1`, 8]) })
  assert.ok(!('refused' in directive))
  assert.deepEqual(directive.moved, [`${there}~1`])
  assert.equal((await place(there)).node, second.node)
})

for (const pauseMs of [10_000, 60_000])
  test(`Redis stalls for ${pauseMs / 1000} s: no node is given up, no meeting moves`, async () => {
    const names = ['a', 'b', 'c', 'd'] as const
    await fleet(...names.map((name): [string] => [name]))
    const created = await Promise.all(Array.from({ length: 12 }, () => room()))
    const before = await Promise.all(created.map((id) => place(id)))
    for (const name of names) {
      const mine = before.flatMap((p, i) =>
        p.node === name ? ([[`${created[i]}~1`, 8]] as [string, number][]) : [],
      )
      await report(name, { rooms: whole(...mine) })
    }
    await later(pauseMs)
    // Joins and a sweep come before any report.
    await store.sweepSite('hq')
    const during = await Promise.all(created.map((id) => place(id)))
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

test('when a fifth of a site falls silent, it is given up; more than that together is kept for two minutes', async () => {
  const names = Array.from({ length: 10 }, (_, i) => `n${i}`)
  await fleet(...names.map((name): [string] => [name]))
  const created = await Promise.all(Array.from({ length: 40 }, () => room()))
  const placements = await Promise.all(created.map((id) => place(id)))
  const keepAlive = async (alive: string[], ms: number) => {
    for (let t = 0; t < ms; t += 5_000) {
      await later(5_000)
      for (const name of alive) await report(name)
    }
  }
  for (const name of names) {
    const mine = placements.flatMap((p, i) =>
      p.node === name ? ([[`${created[i]}~1`, 8]] as [string, number][]) : [],
    )
    await report(name, { rooms: whole(...mine) })
  }
  const roomOn = (name: string) => created[placements.findIndex((placement) => placement.node === name)]!
  // Three of ten: frozen.
  await keepAlive(names.slice(3), 40_000)
  assert.equal((await siteOf())?.frozen, true)
  assert.equal((await place(roomOn('n0'))).node, 'n0')
  assert.deepEqual(await store.sweepSite('hq'), { silenced: 3, dead: 0, correctedTracks: 0 })
  // Two of them come back, so the third is a single failure.
  await keepAlive(names.slice(1), 5_000)
  assert.equal((await siteOf())?.frozen, false)
  assert.notEqual((await place(roomOn('n0'))).node, 'n0')
  // Frozen again, but not for ever.
  await keepAlive(names.slice(4), 130_000)
  assert.notEqual((await place(roomOn('n1'))).node, 'n1')
})
