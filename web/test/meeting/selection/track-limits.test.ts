import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RoomEvent } from 'livekit-client'
import { acceptedTracks, limitSubscriptions } from '../../../src/meeting/selection/track-limits.ts'
import { FakeRoom } from '../fake-room.ts'

const track = (
  source: string,
  kind = source === 'camera' || source === 'screen_share' ? 'video' : 'audio',
) => {
  const publication = {
    source,
    kind,
    isDesired: true,
    setSubscribed: (subscribed: boolean) => {
      publication.isDesired = subscribed
    },
  }
  return publication
}

test('of each source two tracks are taken, however many there are', () => {
  const all = ['camera', 'microphone', 'screen_share', 'screen_share_audio'].flatMap((source) =>
    Array.from({ length: 60 }, () => track(source)),
  )
  assert.equal(acceptedTracks(all).length, 8)
})

test('a track whose medium does not fit its label is not taken, nor is an unknown source', () => {
  const wrong = [track('camera', 'audio'), track('microphone', 'video'), track('unknown'), track('toString')]
  assert.deepEqual(acceptedTracks(wrong), [])
})

test('a page subscribes to the accepted tracks only, and to the next one when one of them goes', () => {
  const room = new FakeRoom()
  limitSubscriptions(room.asRoom)
  const cameras = Array.from({ length: 60 }, () => track('camera'))
  const eve = { identity: 'eve', trackPublications: new Map(cameras.map((camera, i) => [`TR_${i}`, camera])) }
  const subscribed = () => [...eve.trackPublications.values()].filter(({ isDesired }) => isDesired)
  room.emit(RoomEvent.TrackPublished, cameras[59], eve)
  assert.deepEqual(subscribed(), cameras.slice(0, 2))
  eve.trackPublications.delete('TR_0')
  room.emit(RoomEvent.TrackUnpublished, cameras[0], eve)
  assert.deepEqual(subscribed(), cameras.slice(1, 3))
})
