import type { TrackReferenceOrPlaceholder } from '@livekit/components-react'
import { RoomEvent, Room, Track, type Participant, type TrackPublication } from 'livekit-client'
import type { SlotFeed, SlotPerson, SlotView, Source } from './feeds.ts'

export type Ref = TrackReferenceOrPlaceholder

/** One connection to one edge node: a LiveKit room and the epoch of the placement it belongs to. */
export type Slot = { readonly epoch: number; readonly node: string; readonly room: Room }

const SOURCES: Partial<Record<Track.Source, Source>> = {
  [Track.Source.Camera]: 'camera',
  [Track.Source.Microphone]: 'microphone',
  [Track.Source.ScreenShare]: 'screen_share',
  [Track.Source.ScreenShareAudio]: 'screen_share_audio',
}

/** Every event after which the page may look different. Speaking and quality are the tiles' own affair. */
const CHANGES = [
  RoomEvent.Connected,
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.ParticipantNameChanged,
  RoomEvent.ParticipantMetadataChanged,
  RoomEvent.ParticipantAttributesChanged,
  RoomEvent.ParticipantPermissionsChanged,
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.ActiveDeviceChanged,
  RoomEvent.AudioPlaybackStatusChanged,
] as const

export function onSlotChange(room: Room, listener: () => void): () => void {
  for (const event of CHANGES) room.on(event, listener)
  return () => {
    for (const event of CHANGES) room.off(event, listener)
  }
}

/** A still picture of the slot for the selector. `decoded` holds the track ids that showed a frame. */
export function viewSlot({ epoch, room }: Slot, decoded: ReadonlySet<string>): SlotView<Ref> {
  const everybody: Participant[] = [...room.remoteParticipants.values()]
  if (room.localParticipant.identity) everybody.unshift(room.localParticipant)
  return { epoch, people: everybody.map((participant) => viewPerson(participant, decoded)) }
}

function viewPerson(participant: Participant, decoded: ReadonlySet<string>): SlotPerson<Ref> {
  return {
    identity: participant.identity,
    name: participant.name || participant.identity,
    isLocal: participant.isLocal,
    isHost: isHost(participant),
    joinedAtMs: participant.joinedAt?.getTime() ?? 0,
    ref: { participant, source: Track.Source.Camera },
    feeds: participant.getTrackPublications().flatMap((publication) => {
      const feed = viewFeed(participant, publication, decoded)
      return feed ? [feed] : []
    }),
  }
}

function viewFeed(
  participant: Participant,
  publication: TrackPublication,
  decoded: ReadonlySet<string>,
): SlotFeed<Ref> | undefined {
  const source = SOURCES[publication.source]
  if (!source) return undefined
  const seen = publication.kind === Track.Kind.Audio || decoded.has(publication.trackSid)
  return {
    source,
    muted: publication.isMuted,
    delivers: participant.isLocal || (publication.track !== undefined && seen),
    ref: { participant, publication, source: publication.source },
  }
}

/** The control plane writes the role into the token; it reaches the others as an attribute. */
function isHost(participant: Participant): boolean {
  return participant.attributes['role'] === 'host'
}
