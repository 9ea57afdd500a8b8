import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SilenceWatch } from '../../src/devices/silent-microphone.ts'

/** Feeds one peak a second and gives what the last one said. */
function feed(watch: SilenceWatch, fromSec: number, toSec: number, peak: number): boolean {
  let said = false
  for (let sec = fromSec; sec <= toSec; sec++) said = watch.feed(peak, sec * 1000)
  return said
}

test('a dead microphone is announced after ten seconds, not before', () => {
  const watch = new SilenceWatch()
  assert.equal(feed(watch, 0, 9, 0), false)
  assert.equal(watch.feed(0, 10_000), true)
})

test('a silent person in a quiet room is no dead microphone', () => {
  assert.equal(feed(new SilenceWatch(), 0, 60, 0.0002), false)
})

test('it clears itself, and the ten seconds begin anew', () => {
  const watch = new SilenceWatch()
  assert.equal(feed(watch, 0, 12, 0), true)
  assert.equal(watch.feed(0.02, 13_000), false)
  assert.equal(feed(watch, 14, 23, 0), false)
  assert.equal(watch.feed(0, 24_000), true)
})

test('while muted nothing is known, so nothing is said', () => {
  const watch = new SilenceWatch()
  feed(watch, 0, 9, 0)
  watch.reset()
  assert.equal(feed(watch, 10, 19, 0), false)
})
