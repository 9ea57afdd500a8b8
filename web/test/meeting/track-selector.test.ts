import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  comings,
  selectPeople,
  type SlotFeed,
  type SlotPerson,
  type SlotView,
  type Source,
} from '../../src/meeting/selection/track-selector.ts'

/** A feed whose ref tells where it comes from. */
const feed = (source: Source, epoch: number, change: Partial<SlotFeed<string>> = {}): SlotFeed<string> => ({
  source,
  muted: false,
  delivers: true,
  ref: `${source}@${epoch}`,
  ...change,
})

const person = (
  identity: string,
  feeds: readonly SlotFeed<string>[] = [],
  change: Partial<SlotPerson<string>> = {},
): SlotPerson<string> => ({
  identity,
  name: identity,
  isLocal: false,
  isHost: false,
  joinedAtMs: 100,
  ref: identity,
  feeds,
  ...change,
})

const slot = (epoch: number, ...people: readonly SlotPerson<string>[]): SlotView<string> => ({
  id: epoch,
  epoch,
  people,
})
const spare = (view: SlotView<string>): SlotView<string> => ({ ...view, spare: true })
const dead = (view: SlotView<string>): SlotView<string> => ({ ...view, dead: true })

const only = (slots: readonly SlotView<string>[]) => {
  const [first, ...more] = selectPeople(slots)
  assert.equal(more.length, 0)
  assert.ok(first)
  return first
}

describe('which epoch a feed is taken from', () => {
  test('one slot: its own', () => {
    const { camera, epoch } = only([slot(1, person('ann', [feed('camera', 1)]))])
    assert.equal(epoch, 1)
    assert.equal(camera?.ref, 'camera@1')
    assert.deepEqual(camera?.behind, [])
    assert.equal(camera?.key, 'ann/camera')
  })

  test('the newest that delivers, in whichever order the slots come', () => {
    const old = slot(1, person('ann', [feed('camera', 1)]))
    const young = slot(2, person('ann', [feed('camera', 2)]))
    for (const slots of [
      [old, young],
      [young, old],
    ])
      assert.equal(only(slots).camera?.epoch, 2)
  })

  test('while the newest decodes nothing, the older one stays and the newest is on its way', () => {
    const { camera } = only([
      slot(1, person('ann', [feed('camera', 1)])),
      slot(2, person('ann', [feed('camera', 2, { delivers: false })])),
    ])
    assert.equal(camera?.epoch, 1)
    assert.deepEqual(camera?.behind, [{ slot: 2, epoch: 2, delivers: false, ref: 'camera@2' }])
  })

  test('each feed changes by itself', () => {
    const { camera, microphone } = only([
      slot(1, person('ann', [feed('camera', 1), feed('microphone', 1)])),
      slot(2, person('ann', [feed('camera', 2, { delivers: false }), feed('microphone', 2)])),
    ])
    assert.equal(camera?.epoch, 1)
    assert.equal(microphone?.epoch, 2)
  })

  test('muted everywhere: the newest', () => {
    const { camera } = only([
      slot(1, person('ann', [feed('camera', 1, { muted: true })])),
      slot(2, person('ann', [feed('camera', 2, { delivers: false, muted: true })])),
    ])
    assert.equal(camera?.epoch, 2)
    assert.equal(camera?.muted, true)
  })

  test('muted on the newest and flowing on the older one: people send nothing to a standby yet', () => {
    const { camera } = only([
      slot(1, person('ann', [feed('camera', 1)])),
      slot(2, person('ann', [feed('camera', 2, { delivers: false, muted: true })])),
    ])
    assert.equal(camera?.epoch, 1)
    assert.equal(camera?.muted, false)
  })

  test('a standby that sounds too is not heard while the active node delivers', () => {
    const { microphone } = only([
      slot(1, person('ann', [feed('microphone', 1)])),
      spare(slot(2, person('ann', [feed('microphone', 2)]))),
    ])
    assert.equal(microphone?.epoch, 1)
    assert.deepEqual(
      microphone?.behind.map(({ epoch }) => epoch),
      [2],
    )
  })

  test('who is only on the standby is seen from there', () => {
    const { camera, epoch } = only([slot(1), spare(slot(2, person('ann', [feed('camera', 2)])))])
    assert.equal(epoch, 2)
    assert.equal(camera?.epoch, 2)
  })

  test('of a connection that is gone nothing is shown where another has the feed, delivering or not', () => {
    const { camera } = only([
      dead(slot(1, person('ann', [feed('camera', 1, { delivers: false })]))),
      slot(2, person('ann', [feed('camera', 2, { delivers: false })])),
    ])
    assert.equal(camera?.epoch, 2)
    assert.deepEqual(camera?.behind, [])
  })

  test('nor where it has none: the person stays, their picture does not', () => {
    const { camera } = only([dead(slot(1, person('ann', [feed('camera', 1, { delivers: false })]))), slot(2)])
    assert.equal(camera?.dead, true)
  })

  test('two slots of one epoch: the later one', () => {
    const { camera } = only([
      { ...slot(1, person('ann', [feed('camera', 1, { ref: 'old' })])), id: 7 },
      { ...slot(1, person('ann', [feed('camera', 1, { ref: 'new' })])), id: 8 },
    ])
    assert.equal(camera?.ref, 'new')
  })

  test('nothing delivers yet: the newest', () => {
    const { camera } = only([
      slot(1, person('ann', [feed('camera', 1, { delivers: false })])),
      slot(2, person('ann', [feed('camera', 2, { delivers: false })])),
    ])
    assert.equal(camera?.epoch, 2)
  })

  test('a share that is not yet on the new node goes on from the old one', () => {
    const { share, epoch } = only([
      slot(1, person('ann', [feed('screen_share', 1)])),
      slot(2, person('ann', [])),
    ])
    assert.equal(epoch, 2)
    assert.equal(share?.epoch, 1)
  })
})

describe('who is there', () => {
  test('somebody on two slots is one person', () => {
    const ann = person('ann')
    assert.deepEqual(
      selectPeople([slot(1, ann), slot(2, ann)]).map(({ identity }) => identity),
      ['ann'],
    )
  })

  test('no ghost: the end of the old slot does not remove who is in a newer one', () => {
    const [ann, bob] = [person('ann'), person('bob')]
    const during = selectPeople([slot(1, ann, bob), slot(2, ann, bob)])
    const oldEmpties = selectPeople([slot(1), slot(2, ann, bob)])
    const oldGone = selectPeople([slot(2, ann, bob)])
    for (const after of [oldEmpties, oldGone])
      assert.deepEqual(comings(during, after), { joined: [], left: [] })
  })

  test('nor does a slow arrival on the new slot remove who is still in the old one', () => {
    const people = selectPeople([slot(1, person('ann'), person('bob')), slot(2, person('ann'))])
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
      slot(1, person('ann', [], { joinedAtMs: 1 }), person('bob', [], { joinedAtMs: 2 })),
    ])
    const after = selectPeople([
      slot(1, person('ann', [], { joinedAtMs: 1 }), person('bob', [], { joinedAtMs: 2 })),
      slot(2, person('bob', [], { joinedAtMs: 8 }), person('ann', [], { joinedAtMs: 9 })),
    ])
    const order = (people: typeof before) => people.map(({ identity }) => identity)
    assert.deepEqual(order(before), ['ann', 'bob'])
    assert.deepEqual(order(after), ['ann', 'bob'])
    assert.equal(after[0]?.joinedAtMs, 1)
  })

  test('the newest slot knows the name and the role', () => {
    const { name, isHost } = only([
      slot(1, person('ann', [], { name: 'Ann' })),
      slot(2, person('ann', [], { name: 'Ann B.', isHost: true })),
    ])
    assert.equal(name, 'Ann B.')
    assert.equal(isHost, true)
  })

  test('comings and goings are told by identity', () => {
    const before = selectPeople([slot(1, person('ann'), person('bob'))])
    const after = selectPeople([slot(1, person('bob'), person('cem'))])
    const { joined, left } = comings(before, after)
    assert.deepEqual(
      [joined.map(({ identity }) => identity), left.map(({ identity }) => identity)],
      [['cem'], ['ann']],
    )
  })
})
