import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Source } from '../../../src/devices/track-source.ts'
import {
  diffPeople,
  selectPeople,
  type ConnectionTrack,
  type ConnectionPerson,
  type ConnectionView,
} from '../../../src/meeting/selection/track-selector.ts'

/** A track whose ref names the connection that it comes from. */
const track = (
  source: Source,
  epoch: number,
  change: Partial<ConnectionTrack<string>> = {},
): ConnectionTrack<string> => ({
  source,
  muted: false,
  delivers: true,
  ref: `${source}@${epoch}`,
  ...change,
})

const person = (
  identity: string,
  tracks: readonly ConnectionTrack<string>[] = [],
  change: Partial<ConnectionPerson<string>> = {},
): ConnectionPerson<string> => ({
  identity,
  name: identity,
  isLocal: false,
  isHost: false,
  joinedAtMs: 100,
  ref: identity,
  tracks,
  ...change,
})

const connection = (
  epoch: number,
  ...people: readonly ConnectionPerson<string>[]
): ConnectionView<string> => ({
  id: epoch,
  epoch,
  people,
})
const idle = (view: ConnectionView<string>): ConnectionView<string> => ({ ...view, idle: true })
const dead = (view: ConnectionView<string>): ConnectionView<string> => ({ ...view, dead: true })

const only = (connections: readonly ConnectionView<string>[]) => {
  const [first, ...more] = selectPeople(connections)
  assert.equal(more.length, 0)
  assert.ok(first)
  return first
}

describe('which epoch a track is taken from', () => {
  test('one connection: its own', () => {
    const { camera, epoch } = only([connection(1, person('ann', [track('camera', 1)]))])
    assert.equal(epoch, 1)
    assert.equal(camera?.ref, 'camera@1')
    assert.deepEqual(camera?.behind, [])
    assert.equal(camera?.key, 'ann/camera')
  })

  test('the newest that delivers, independent of the order of the connections', () => {
    const old = connection(1, person('ann', [track('camera', 1)]))
    const young = connection(2, person('ann', [track('camera', 2)]))
    for (const connections of [
      [old, young],
      [young, old],
    ])
      assert.equal(only(connections).camera?.epoch, 2)
  })

  test('while the newest decodes nothing, the older one stays and the newest is rendered behind it', () => {
    const { camera } = only([
      connection(1, person('ann', [track('camera', 1)])),
      connection(2, person('ann', [track('camera', 2, { delivers: false })])),
    ])
    assert.equal(camera?.epoch, 1)
    assert.deepEqual(camera?.behind, [{ connectionId: 2, epoch: 2, delivers: false, ref: 'camera@2' }])
  })

  test('each track changes by itself', () => {
    const { camera, microphone } = only([
      connection(1, person('ann', [track('camera', 1), track('microphone', 1)])),
      connection(2, person('ann', [track('camera', 2, { delivers: false }), track('microphone', 2)])),
    ])
    assert.equal(camera?.epoch, 1)
    assert.equal(microphone?.epoch, 2)
  })

  test('muted everywhere: the newest', () => {
    const { camera } = only([
      connection(1, person('ann', [track('camera', 1, { muted: true })])),
      connection(2, person('ann', [track('camera', 2, { delivers: false, muted: true })])),
    ])
    assert.equal(camera?.epoch, 2)
    assert.equal(camera?.muted, true)
  })

  test('muted on the newest and flowing on the older one: people send nothing to a standby yet', () => {
    const { camera } = only([
      connection(1, person('ann', [track('camera', 1)])),
      connection(2, person('ann', [track('camera', 2, { delivers: false, muted: true })])),
    ])
    assert.equal(camera?.epoch, 1)
    assert.equal(camera?.muted, false)
  })

  test('the sound of a standby is not played while the active node delivers', () => {
    const { microphone } = only([
      connection(1, person('ann', [track('microphone', 1)])),
      idle(connection(2, person('ann', [track('microphone', 2)]))),
    ])
    assert.equal(microphone?.epoch, 1)
    assert.deepEqual(
      microphone?.behind.map(({ epoch }) => epoch),
      [2],
    )
  })

  test('a participant who is only on the standby is seen from there', () => {
    const { camera, epoch } = only([connection(1), idle(connection(2, person('ann', [track('camera', 2)])))])
    assert.equal(epoch, 2)
    assert.equal(camera?.epoch, 2)
  })

  test('nothing is shown of a dead connection where another one has the track, delivering or not', () => {
    const { camera } = only([
      dead(connection(1, person('ann', [track('camera', 1, { delivers: false })]))),
      connection(2, person('ann', [track('camera', 2, { delivers: false })])),
    ])
    assert.equal(camera?.epoch, 2)
    assert.deepEqual(camera?.behind, [])
  })

  test('without another connection that has it nothing is shown either: the participant stays, their picture does not', () => {
    const { camera } = only([
      dead(connection(1, person('ann', [track('camera', 1, { delivers: false })]))),
      connection(2),
    ])
    assert.equal(camera?.dead, true)
  })

  test('two connections of one epoch: the later one', () => {
    const { camera } = only([
      { ...connection(1, person('ann', [track('camera', 1, { ref: 'old' })])), id: 7 },
      { ...connection(1, person('ann', [track('camera', 1, { ref: 'new' })])), id: 8 },
    ])
    assert.equal(camera?.ref, 'new')
  })

  test('nothing delivers yet: the newest', () => {
    const { camera } = only([
      connection(1, person('ann', [track('camera', 1, { delivers: false })])),
      connection(2, person('ann', [track('camera', 2, { delivers: false })])),
    ])
    assert.equal(camera?.epoch, 2)
  })

  test('a share that is not yet on the new node is shown from the old one', () => {
    const { share, epoch } = only([
      connection(1, person('ann', [track('screen_share', 1)])),
      connection(2, person('ann', [])),
    ])
    assert.equal(epoch, 2)
    assert.equal(share?.epoch, 1)
  })
})

describe('who is there', () => {
  test('a participant on two connections is one person', () => {
    const ann = person('ann')
    assert.deepEqual(
      selectPeople([connection(1, ann), connection(2, ann)]).map(({ identity }) => identity),
      ['ann'],
    )
  })

  test('the end of the old connection does not remove anyone who is in a newer one', () => {
    const [ann, bob] = [person('ann'), person('bob')]
    const during = selectPeople([connection(1, ann, bob), connection(2, ann, bob)])
    const oldEmpties = selectPeople([connection(1), connection(2, ann, bob)])
    const oldGone = selectPeople([connection(2, ann, bob)])
    for (const after of [oldEmpties, oldGone])
      assert.deepEqual(diffPeople(during, after), { joined: [], left: [] })
  })

  test('a slow arrival on the new connection does not remove anyone who is still in the old one', () => {
    const people = selectPeople([connection(1, person('ann'), person('bob')), connection(2, person('ann'))])
    assert.deepEqual(
      people.map(({ identity, epoch }) => [identity, epoch]),
      [
        ['ann', 2],
        ['bob', 1],
      ],
    )
  })

  test('arriving on a new node is not arriving in the meeting: the order stays', () => {
    const before = selectPeople([
      connection(1, person('ann', [], { joinedAtMs: 1 }), person('bob', [], { joinedAtMs: 2 })),
    ])
    const after = selectPeople([
      connection(1, person('ann', [], { joinedAtMs: 1 }), person('bob', [], { joinedAtMs: 2 })),
      connection(2, person('bob', [], { joinedAtMs: 8 }), person('ann', [], { joinedAtMs: 9 })),
    ])
    const order = (people: typeof before) => people.map(({ identity }) => identity)
    assert.deepEqual(order(before), ['ann', 'bob'])
    assert.deepEqual(order(after), ['ann', 'bob'])
    assert.equal(after[0]?.joinedAtMs, 1)
  })

  test('name and role come from the newest connection', () => {
    const { name, isHost } = only([
      connection(1, person('ann', [], { name: 'Ann' })),
      connection(2, person('ann', [], { name: 'Ann B.', isHost: true })),
    ])
    assert.equal(name, 'Ann B.')
    assert.equal(isHost, true)
  })

  test('joined and left are found by identity', () => {
    const before = selectPeople([connection(1, person('ann'), person('bob'))])
    const after = selectPeople([connection(1, person('bob'), person('cem'))])
    const { joined, left } = diffPeople(before, after)
    assert.deepEqual(
      [joined.map(({ identity }) => identity), left.map(({ identity }) => identity)],
      [['cem'], ['ann']],
    )
  })
})
