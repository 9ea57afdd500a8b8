import { RoomEvent, type RemoteParticipant, type Room } from 'livekit-client'
import type { Source } from '../../devices/track-source.ts'
import { TRACKS_PER_SOURCE_MAX } from '../tuning.ts'

type Publication = { source: string; kind: string }

const KINDS: Readonly<Record<Source, 'audio' | 'video'>> = {
  camera: 'video',
  microphone: 'audio',
  screen_share: 'video',
  screen_share_audio: 'audio',
}

/** A node looks at the label of a track only: a microphone under the label of a camera is not what it says. */
const isHonest = ({ source, kind }: Publication): boolean =>
  Object.hasOwn(KINDS, source) && KINDS[source as Source] === kind

/**
 * The tracks of one participant that are taken: of each source as many as the product publishes, and one more that
 * replaces it. A modified client can publish any number, under any label.
 */
export function acceptedTracks<P extends Publication>(publications: readonly P[]): P[] {
  const counts = new Map<string, number>()
  return publications.filter((publication) => {
    const count = (counts.get(publication.source) ?? 0) + 1
    counts.set(publication.source, count)
    return isHonest(publication) && count <= TRACKS_PER_SOURCE_MAX
  })
}

/** Subscribes to the accepted tracks of everyone in a room, and to no others. Returns a function that stops it. */
export function limitSubscriptions(room: Room): () => void {
  const limit = ({ trackPublications }: RemoteParticipant) => {
    const all = [...trackPublications.values()]
    const accepted = new Set(acceptedTracks(all))
    for (const publication of all) {
      if (publication.isDesired !== accepted.has(publication))
        publication.setSubscribed(accepted.has(publication))
    }
  }
  const onChange = (_publication: unknown, participant: RemoteParticipant) => limit(participant)
  const onConnected = () => room.remoteParticipants.forEach(limit)
  room.on(RoomEvent.TrackPublished, onChange)
  room.on(RoomEvent.TrackUnpublished, onChange)
  room.on(RoomEvent.ParticipantConnected, limit)
  room.on(RoomEvent.Connected, onConnected)
  return () => {
    room.off(RoomEvent.TrackPublished, onChange)
    room.off(RoomEvent.TrackUnpublished, onChange)
    room.off(RoomEvent.ParticipantConnected, limit)
    room.off(RoomEvent.Connected, onConnected)
  }
}
