import assert from 'node:assert/strict'
import { test } from 'node:test'
import { echoMs, gapsOf, interruptionOf, lengthMs, soundOf } from '../../chaos/measure/gaps.ts'

const span = (fromMs: number, toMs = fromMs) => ({ fromMs, toMs })

test('a gap counts in full wherever the window begins; a gap without an end ends with the window', () => {
  const frames = [0, 50, 100, 400, 450].map((ms) => span(ms))
  assert.deepEqual(gapsOf(frames, span(200, 500)).map(lengthMs), [300, 50, 50])
  assert.deepEqual(gapsOf(frames, span(460, 2_000)).map(lengthMs), [1_550])
  assert.deepEqual(gapsOf([], span(100, 300)).map(lengthMs), [200])
  const sound = [span(0, 250), span(200, 300), span(360, 500)]
  assert.deepEqual(gapsOf(sound, span(100, 500)), [span(300, 360)])
  assert.deepEqual(gapsOf([span(0, 500)], span(100, 400)), [])
  assert.deepEqual(interruptionOf([span(90, 300), span(400, 460)], span(100, 500), 150), {
    gapMs: 210,
    restoredMs: 200,
  })
})

test('sound counts only while an element plays it, and two copies of a voice are an echo', () => {
  const reading = {
    atMs: 1_000,
    frames: {},
    loud: { old: [span(0, 600)], new: [span(100, 1_000)], other: [span(0, 1_000)] },
    audible: [
      { identity: 'ann', track: 'old', ...span(0, 500) },
      { identity: 'ann', track: 'new', ...span(480, 1_000) },
      { identity: 'bob', track: 'other', ...span(0, 300) },
    ],
  }
  assert.deepEqual(gapsOf(soundOf(reading, 'ann'), span(0, 1_000)), [])
  assert.deepEqual(gapsOf(soundOf(reading, 'bob'), span(0, 1_000)), [span(300, 1_000)])
  assert.equal(echoMs(reading, 'ann', span(0, 1_000)), 20)
  assert.equal(echoMs(reading, 'bob', span(0, 1_000)), 0)
})
