import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectedTracks } from '../../src/domain/capacity.ts'

test('the load of a room grows with the square while all videos are shown, then slower', () => {
  assert.equal(expectedTracks(2), 8)
  assert.equal(expectedTracks(4), 32)
  assert.equal(expectedTracks(10), 200)
  assert.ok(expectedTracks(100) < 2 * 100 * 100)
})
