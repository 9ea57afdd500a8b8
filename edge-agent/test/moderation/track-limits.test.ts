import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TrackSource } from 'livekit-server-sdk'
import { overusedSources } from '../../src/moderation/track-limits.ts'

const { CAMERA, MICROPHONE, SCREEN_SHARE, SCREEN_SHARE_AUDIO, UNKNOWN } = TrackSource
const tracks = (...sources: TrackSource[]) => sources.map((source) => ({ source }))

test('what the product publishes is within the limits, also while a device is replaced', () => {
  const all = [CAMERA, MICROPHONE, SCREEN_SHARE, SCREEN_SHARE_AUDIO]
  assert.deepEqual([...overusedSources([])], [])
  assert.deepEqual([...overusedSources(tracks(...all, ...all))], [])
})

test('sixty cameras of one participant are too many, and so is any track without a known source', () => {
  const cameras = Array.from({ length: 60 }, () => CAMERA)
  assert.deepEqual([...overusedSources(tracks(MICROPHONE, ...cameras))], [CAMERA])
  assert.deepEqual([...overusedSources(tracks(CAMERA, UNKNOWN))], [UNKNOWN])
})
