import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SilentMicrophone } from '../../src/devices/silent-microphone.ts'

/** Feeds one peak a second and returns the last answer. */
function feed(microphone: SilentMicrophone, fromSec: number, toSec: number, peak: number): boolean {
  let dead = false
  for (let sec = fromSec; sec <= toSec; sec++) dead = microphone.feed(peak, sec * 1000)
  return dead
}

test('a dead microphone is announced after ten seconds, not before', () => {
  const microphone = new SilentMicrophone()
  assert.equal(feed(microphone, 0, 9, 0), false)
  assert.equal(microphone.feed(0, 10_000), true)
})

test('a silent person in a quiet room does not count as a dead microphone', () => {
  assert.equal(feed(new SilentMicrophone(), 0, 60, 0.0002), false)
})

test('sound clears it, and the ten seconds start again', () => {
  const microphone = new SilentMicrophone()
  assert.equal(feed(microphone, 0, 12, 0), true)
  assert.equal(microphone.feed(0.02, 13_000), false)
  assert.equal(feed(microphone, 14, 23, 0), false)
  assert.equal(microphone.feed(0, 24_000), true)
})

test('a muted microphone does not count as dead', () => {
  const microphone = new SilentMicrophone()
  feed(microphone, 0, 9, 0)
  microphone.reset()
  assert.equal(feed(microphone, 10, 19, 0), false)
})
