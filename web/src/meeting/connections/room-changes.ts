import { RoomEvent, type Room } from 'livekit-client'

/** Every event after which the page may look different. Speaking and quality are handled by the tiles. */
const CHANGES = [
  RoomEvent.Connected,
  RoomEvent.RoomMetadataChanged,
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

/** Calls `listener` after each of them. The returned function stops that. */
export function onRoomChange(room: Room, listener: () => void): () => void {
  for (const event of CHANGES) room.on(event, listener)
  return () => {
    for (const event of CHANGES) room.off(event, listener)
  }
}
