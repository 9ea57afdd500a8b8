import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shareStructure } from '../../src/meeting/structural-sharing.ts'

/** Not a plain object, like those of LiveKit. */
const thing = () => new Date(0)

test('an equal value is replaced by the earlier one', () => {
  const track = thing()
  const make = () => [
    { name: 'Ann', camera: { track, behind: [1, 2] }, hands: new Set(['a']), none: undefined },
  ]
  const before = make()
  assert.equal(shareStructure(before, make()), before)
})

test('of a changed value only the changed part is new, the others are the earlier ones', () => {
  const before = [{ name: 'Ann', track: { muted: false } }, { name: 'Bob' }]
  const kept = shareStructure(before, [{ name: 'Ann', track: { muted: true } }, { name: 'Bob' }])
  assert.notEqual(kept, before)
  assert.notEqual(kept[0], before[0])
  assert.deepEqual(kept[0], { name: 'Ann', track: { muted: true } })
  assert.equal(kept[1], before[1])
})

test('more, fewer, or another name is a change', () => {
  const list = [{ id: 1 }, { id: 2 }]
  assert.deepEqual(shareStructure(list, [{ id: 1 }]), [{ id: 1 }])
  assert.deepEqual(shareStructure(list, [{ id: 1 }, { id: 2 }, { id: 3 }]), [{ id: 1 }, { id: 2 }, { id: 3 }])
  assert.deepEqual(shareStructure<object>({ a: 1, b: 2 }, { a: 1 }), { a: 1 })
  assert.deepEqual(shareStructure<object>({ a: 1 }, { b: 1 }), { b: 1 })
  assert.deepEqual(shareStructure<object>({ a: undefined }, { b: undefined }), { b: undefined })
  assert.deepEqual(shareStructure(new Set(['a']), new Set(['b'])), new Set(['b']))
})

test('anything that is not a plain object is compared by identity', () => {
  const [one, other] = [{ track: thing() }, { track: thing() }]
  assert.equal(shareStructure(one, other).track, other.track)
})
