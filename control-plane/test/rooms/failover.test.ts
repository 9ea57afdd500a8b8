// Rooms that leave their node: moved, failed over, with a standby, and recovered after Redis lost everything.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeReading } from '../../src/domain/nodes.ts'
import { parseRoomName, roomNameOf, type RoomId } from '../../src/protocol/room-names.ts'
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
  store,
  whole,
} from '../support/fleet-rig.ts'

async function reportFrom(node: string, change: Partial<NodeReading> = {}) {
  const order = await report(node, change)
  assert.ok(!('refused' in order), JSON.stringify(order))
  return order
}

/** Drains as a replica does, until no room is left to move or no node takes one. Returns the refusals. */
async function drain(): Promise<string[]> {
  const refused: string[] = []
  for (;;) {
    const next = await store.nextToMove()
    if (next.length === 0) return refused
    for (const { node, rooms } of next)
      for (const name of rooms) {
        const parts = parseRoomName(name)
        assert.ok(parts)
        const answer = await store.moveRoom({ ...parts, node })
        if (typeof answer !== 'string') refused.push(answer.refused)
      }
    if (refused.length > 0) return refused
    await later(PLACEMENT.drainBatchMs)
  }
}
const draining = { withinMs: 60_000, freeElsewhere: [] }

/** Rooms with participants, all on this node. */
async function rooms(node: string, count: number, tracks = 8): Promise<RoomId[]> {
  const created: RoomId[] = []
  while (created.length < count) {
    const id = await room({ costTracks: tracks })
    if ((await place(id)).node === node) created.push(id)
  }
  await reportFrom(node, {
    rooms: whole(...created.map((id): [string, number] => [roomNameOf(id, 1), tracks])),
  })
  return created
}

test('a drain moves every room to other nodes, once; their clients are to rejoin, and uncordon cancels it', async () => {
  await fleet(['a'], ['b'], ['c'])
  const there = await rooms('a', 40)
  assert.equal(await store.setNodeState('a', 'draining', draining), 'set')
  assert.deepEqual((await nodeOf('a'))?.drain, { endsInMs: 60_000, roomsAtStart: 40, roomsToMove: 40 })
  assert.deepEqual(await drain(), [])
  for (const id of there) {
    const now = await place(id)
    assert.ok(now.node !== 'a' && now.epoch === 2, JSON.stringify(now))
  }
  assert.equal((await nodeOf('a'))?.drain?.roomsToMove, 0)
  assert.equal((await nodeOf('a'))?.reservedTracks, 0)
  const order = await reportFrom('a')
  assert.equal(order.state, 'draining')
  assert.deepEqual(order.moved.toSorted(), there.map((id) => roomNameOf(id, 1)).toSorted())
  assert.deepEqual(order.drop, [])
  // The response may have been lost: a complete list of rooms gets the order again.
  assert.deepEqual((await reportFrom('a', { rooms: whole([roomNameOf(there[0]!, 1), 8]) })).moved, [
    roomNameOf(there[0]!, 1),
  ])
  await store.setNodeState('a', 'serving')
  assert.equal((await nodeOf('a'))?.drain, null)
  assert.deepEqual(await store.nextToMove(), [])
})

test('a drain that does not fit is refused before it starts; forced, it leaves the rooms that no node takes', async () => {
  await fleet(['a'])
  await rooms('a', 2, 100)
  await fleet(['b'])
  await reportFrom('a', { utilisationPpm: 200_000 })
  await reportFrom('b', { utilisationPpm: 800_000 })
  assert.deepEqual(await store.setNodeState('a', 'draining', draining), {
    refused: 'drain_does_not_fit',
    members: { needTracks: 200, freeTracks: 100 },
  })
  assert.equal((await nodeOf('a'))?.state, 'serving')
  // Free capacity at another site counts, unless the site keeps its rooms.
  const withOther = { withinMs: 60_000, freeElsewhere: [{ site: 'branch', tracks: 100 }] }
  const settings = { ranges: [], fallback: [], spare: 'none' as const }
  await store.setSite('hq', { ...settings, boundary: 'hard' })
  assert.notEqual(await store.setNodeState('a', 'draining', withOther), 'set')
  await store.setSite('hq', { ...settings, boundary: 'soft' })
  assert.equal(await store.setNodeState('a', 'draining', withOther), 'set')
  await store.setNodeState('a', 'serving')
  assert.equal(
    await store.setNodeState('a', 'draining', { withinMs: 60_000, freeElsewhere: undefined }),
    'set',
  )
  assert.deepEqual([...new Set(await drain())], ['fleet_full'])
  assert.equal((await nodeOf('a'))?.drain?.roomsToMove, 1, 'one of two fits under the cap')
})

test('a node that leaves is drained; when its agent is back, it serves again', async () => {
  await fleet(['a'], ['b'])
  const there = await rooms('a', 3)
  await reportFrom('a', { staysMs: 30_000 })
  assert.equal((await nodeOf('a'))?.drain?.endsInMs, 30_000)
  assert.equal((await place(await room())).node, 'b')
  assert.deepEqual(await drain(), [])
  assert.equal((await reportFrom('a', { staysMs: 29_000 })).moved.length, there.length)
  await later(2_000)
  assert.equal(
    (await nodeOf('a'))?.drain?.endsInMs,
    28_000 - PLACEMENT.drainBatchMs,
    'the first time that the agent gave applies',
  )
  await reportFrom('a', { bootId: 'boot-two', seq: 1 })
  assert.equal((await nodeOf('a'))?.drain, null)
  await later(PLACEMENT.slowStartMs)
  await reportFrom('b', { utilisationPpm: 500_000 })
  await reportFrom('a', { bootId: 'boot-two', seq: 2 })
  assert.equal((await place(await room())).node, 'a')
})

test('a drain moves no more rooms at once than the other nodes accept joins per second', async () => {
  await fleet(['a'], ['b'])
  await rooms('a', 10)
  // Rooms of 8 tracks are two participants: five joins a second are two rooms and one of a third.
  await reportFrom('b', { joinsPerSec: 5 })
  await later(1_000)
  await store.setNodeState('a', 'draining', draining)
  await drain()
  assert.equal((await nodeOf('a'))?.drain?.roomsToMove, 7)
  await later(1_000)
  await drain()
  assert.equal((await nodeOf('a'))?.drain?.roomsToMove, 4)
})

test('standbys: replaced when their node fails, removed when it is drained, never mistaken for the room itself', async () => {
  openStore({ standby: 'warm' })
  await fleet(['a', 'hq', 'x'], ['b', 'hq', 'y'], ['c', 'hq', 'z'])
  const id = await room()
  const first = await place(id)
  assert.ok(first.standby)
  const beside = roomNameOf(id, first.standby.epoch)
  await reportFrom(first.node, { rooms: whole([roomNameOf(id, 1), 8]) })
  assert.deepEqual((await reportFrom(first.standby.node, { rooms: whole([beside, 2]) })).moved, [])
  assert.equal((await place(id)).node, first.node, 'a report of the standby does not move the room there')

  await reportFrom(first.standby.node, { up: false, rooms: null })
  assert.deepEqual((await reportFrom(first.node)).changed, [roomNameOf(id, 1)], 'its clients are to rejoin')
  const second = await place(id, 'rejoin')
  assert.equal(second.epoch, 1)
  assert.ok(
    second.standby &&
      second.standby.node !== first.standby.node &&
      second.standby.epoch > first.standby.epoch,
  )
  // It comes back with participants who are still connected to it as a standby.
  assert.deepEqual((await reportFrom(first.standby.node, { rooms: whole([beside, 2]) })).moved, [beside])
  assert.equal((await place(id)).node, first.node)

  await reportFrom(second.standby.node, { rooms: whole([roomNameOf(id, second.standby.epoch), 2]) })
  await store.setNodeState(second.standby.node, 'draining', draining)
  assert.deepEqual(await drain(), [])
  assert.deepEqual((await reportFrom(second.standby.node)).moved, [roomNameOf(id, second.standby.epoch)])
  const third = await place(id)
  assert.equal(third.standby?.node, first.standby.node)

  // Its agent reports LiveKit gone: the room goes to its standby, where the participants are already.
  await reportFrom(first.node, { up: false, rooms: null })
  const after = await place(id, 'rejoin')
  assert.deepEqual([after.node, after.epoch], [third.standby?.node, third.standby?.epoch])
})

test('an overloaded node gives up its standbys first', async () => {
  openStore({ standby: 'warm' })
  await fleet(['a', 'hq', 'x'], ['b', 'hq', 'y'])
  const id = await room()
  const { node, standby } = await place(id)
  assert.ok(standby)
  await reportFrom(node, { rooms: whole([roomNameOf(id, 1), 8]) })
  await reportFrom(standby.node, { rooms: whole([roomNameOf(id, standby.epoch), 2]) })
  const order = await reportFrom(standby.node, { utilisationPpm: 950_000 })
  assert.deepEqual(order.moved, [roomNameOf(id, standby.epoch)])
  assert.deepEqual((await reportFrom(node)).changed, [roomNameOf(id, 1)])
  assert.equal((await place(id)).standby, null)
})

test('clients report a lost node: it is given up only when its agent is silent and it was reached before', async () => {
  await fleet(['a'], ['b'])
  const id = await room()
  const { node } = await place(id)
  await reportFrom(node, { rooms: whole([roomNameOf(id, 1), 8]) })
  await later(PLACEMENT.condemnAfterMs)
  assert.equal(
    await store.condemnNode(node),
    'kept',
    'it was never reached, so not reaching it means nothing',
  )
  await store.markReached(node)
  await reportFrom(node)
  await later(PLACEMENT.condemnAfterMs - 1)
  assert.equal(await store.condemnNode(node), 'kept', 'its agent reported a moment ago')
  await later(1)
  assert.equal(await store.condemnNode(node), 'condemned')
  assert.equal(await store.condemnNode(node), 'gone', 'another replica was faster')
  const moved = await place(id, 'rejoin')
  assert.ok(moved.node !== node && moved.epoch === 2)
  // It was only unreachable: its next report is answered with the rooms that moved away, and it serves again.
  assert.deepEqual((await reportFrom(node, { rooms: whole([roomNameOf(id, 1), 8]) })).moved, [
    roomNameOf(id, 1),
  ])
  assert.equal((await nodeOf(node))?.up, true)
})

test('the nodes rebuild an emptied Redis: rooms, epochs, placements; links work, ended rooms stay ended', async () => {
  openStore({ standby: 'warm' })
  await fleet(['a', 'hq', 'x'], ['b', 'hq', 'y'], ['c', 'hq', 'z'])
  const id = await room()
  const { node, standby } = await place(id)
  assert.ok(standby)
  const second = await place(id, 'rejoin')
  assert.equal(second.epoch, 1)
  await redis.flush()
  for (const each of ['a', 'b', 'c']) {
    assert.deepEqual(await report(each), { refused: 'node_unauthorized' })
    await enrol(each, 'hq', each)
  }
  assert.equal(await refusal(id), 'store_recovering', 'whether the room exists is not known yet')
  await reportFrom(node, { rooms: whole([roomNameOf(id, 1), 8]) })
  for (const each of ['a', 'b', 'c']) if (each !== node) await reportFrom(each, { rooms: whole() })
  await later(PLACEMENT.recoverMs)
  for (const each of ['a', 'b', 'c']) await reportFrom(each)
  const found = await place(id)
  assert.deepEqual([found.node, found.epoch], [node, 1])
  assert.ok(found.standby && found.standby.epoch > standby.epoch, 'no epoch is given twice')

  // Much later, a room without a record is one whose link has expired.
  await later(PLACEMENT.rebuildMs)
  const stranger = 'stranger00000000' as RoomId
  await reportFrom(node, { rooms: whole([roomNameOf(id, 1), 8], [roomNameOf(stranger, 3), 8]) })
  assert.equal(await refusal(stranger), 'room_not_found')
})

test('Redis and the node are lost together: a participant with a ticket brings the meeting back, at a higher epoch', async () => {
  await fleet(['a'], ['b'])
  const id = await room()
  const { node, epoch } = await place(id)
  await reportFrom(node, { rooms: whole([roomNameOf(id, epoch), 8]) })
  const other = node === 'a' ? 'b' : 'a'
  await redis.flush()
  await enrol(other)
  await reportFrom(other, { rooms: whole() })
  const back = (heldEpoch?: number) => store.placeRoom(id, 'rejoin', { heldEpoch })
  // The room's node may only be late with its report.
  assert.deepEqual(await back(epoch), { refused: 'store_recovering' })
  await later(PLACEMENT.recoverMs)
  await reportFrom(other)
  assert.deepEqual(await back(), { refused: 'room_not_found' })
  assert.equal(await refusal(id), 'room_not_found', 'a link proves nothing')
  const found = await back(epoch)
  assert.ok(!('refused' in found) && found.node === other && found.epoch > epoch, JSON.stringify(found))
  assert.equal((await place(id)).epoch, found.epoch, 'its link works again')
  // The node comes back with its rooms: the answer is that the meeting has moved.
  await enrol(node)
  const order = await reportFrom(node, { rooms: whole([roomNameOf(id, epoch), 8]) })
  assert.deepEqual(order.moved, [roomNameOf(id, epoch)])

  // An ended meeting stays ended, and much later a ticket restores nothing.
  const ended = await room()
  await store.endRoom(ended, 'h')
  const again = (roomId: RoomId) => store.placeRoom(roomId, 'rejoin', { heldEpoch: 1 })
  assert.deepEqual(await again(ended), { refused: 'room_not_found' })
  await later(PLACEMENT.rebuildMs)
  assert.deepEqual(await again('stranger00000000' as RoomId), { refused: 'room_not_found' })
})

test('an empty Redis that no replica knew before: a ticket waits for the nodes, a link is unknown', async () => {
  await redis.flush()
  openStore()
  await enrol('a')
  await reportFrom('a')
  const id = 'stranger00000000' as RoomId
  const back = () => store.placeRoom(id, 'rejoin', { heldEpoch: 3 })
  assert.deepEqual(await back(), { refused: 'store_recovering' })
  assert.equal(await refusal(id), 'room_not_found')
  await later(PLACEMENT.recoverMs)
  await reportFrom('a')
  const found = await back()
  assert.ok(!('refused' in found) && found.epoch === 4, JSON.stringify(found))
})

test('the standby level of a room: changed while it runs, and given only while there is enough headroom', async () => {
  await fleet(['a', 'hq', 'x'], ['b', 'hq', 'y'])
  const id = await room()
  const { node, standby } = await place(id)
  assert.equal(standby, null)
  await reportFrom(node, { rooms: whole([roomNameOf(id, 1), 8]) })
  assert.equal(await store.setStandby(id, 'sound'), 'set')
  assert.deepEqual((await reportFrom(node)).changed, [roomNameOf(id, 1)])
  const with2 = await place(id, 'rejoin')
  assert.equal(with2.standby?.sound, true)
  assert.equal(await store.setStandby(id, 'off'), 'set')
  assert.deepEqual((await reportFrom(node)).changed, [roomNameOf(id, 1)])
  assert.equal((await place(id, 'rejoin')).standby, null)
  const other = node === 'a' ? 'b' : 'a'
  assert.equal((await nodeOf(other))?.reservedTracks, 0)
  assert.deepEqual(await store.setStandby('nobody0000000000' as RoomId, 'warm'), {
    refused: 'room_not_found',
  })

  for (const each of ['a', 'b']) await reportFrom(each, { utilisationPpm: 600_000 })
  await store.setStandby(id, 'warm')
  assert.equal((await place(id, 'rejoin')).standby, null)
})

test('the standby level of a tenant: for rooms without a level of their own, also running ones', async () => {
  await fleet(['a', 'hq', 'x'], ['b', 'hq', 'y'])
  const id = await room({ tenant: 'acme' })
  const { node, standby } = await place(id)
  assert.equal(standby, null)
  await reportFrom(node, { rooms: whole([roomNameOf(id, 1), 8]) })
  assert.equal(await store.tenantStandby('acme'), null)

  await store.setTenantStandby('acme', 'sound')
  assert.equal(await store.tenantStandby('acme'), 'sound')
  assert.equal((await place(id, 'rejoin')).standby?.sound, true)
  assert.deepEqual((await reportFrom(node)).changed, [roomNameOf(id, 1)], 'clients in the room are to rejoin')
  assert.equal((await place(await room({ tenant: 'other' }))).standby, null)

  const own = await room({ tenant: 'acme' })
  await store.setStandby(own, 'off')
  assert.equal((await place(own)).standby, null, 'the level of the room wins')

  await store.setTenantStandby('acme', 'off')
  assert.equal((await place(id, 'rejoin')).standby, null, 'a standby that is no longer wanted is given up')
  openStore({ standby: 'warm' })
  await store.setTenantStandby('acme', null)
  assert.equal(await store.tenantStandby('acme'), null)
  const again = await place(id, 'rejoin')
  assert.equal(again.standby?.sound, false, 'the level of the installation applies')
  assert.equal(again.node, node)
})

test('a site that goes down as a whole: participants are not sent from one of its nodes to the next', async () => {
  await fleet(['a', 'hq'], ['b', 'hq'], ['c', 'branch'])
  const ids: RoomId[] = []
  for (let i = 0; i < 8; i++) ids.push(await room({ site: 'hq' }))
  for (const id of ids) assert.equal((await place(id)).site, 'hq')
  for (const node of ['a', 'b']) await store.markReached(node)
  await later(PLACEMENT.condemnAfterMs + 1)
  await reportFrom('c')
  assert.equal(await store.condemnNode('a'), 'condemned')
  const lost = []
  for (const id of ids) {
    const { node } = await place(id, 'rejoin')
    if (node !== 'b') lost.push(node)
  }
  assert.ok(lost.length > 0 && lost.every((node) => node === 'c'), lost.join(' '))

  // Where no node reported lately, the fault may be the control plane's: then a node of the same site will do.
  await later(PLACEMENT.condemnAfterMs + 1)
  await store.markReached('c')
  assert.equal(await store.condemnNode('c'), 'condemned')
  for (const id of ids) assert.equal((await place(id, 'rejoin')).node, 'b')
})
