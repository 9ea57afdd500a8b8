import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DecodedTracks } from '../../../src/meeting/connections/decoded-tracks.ts'

test('a track counts as decoded from its fourth frame on, or its first if nothing better is shown', () => {
  const decoded = new DecodedTracks()
  assert.deepEqual(
    [1, 2, 3, 4, 5].map(() => decoded.addFrame('a')),
    [false, false, false, true, false],
  )
  assert.equal(decoded.acceptFirstFrame('b'), true)
  assert.equal(decoded.acceptFirstFrame('b'), false)
  decoded.reset('a')
  assert.equal(decoded.has('a'), false)
})
