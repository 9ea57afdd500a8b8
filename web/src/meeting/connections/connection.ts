import { RoomEvent, type Room } from 'livekit-client'
import type { NodeAccess } from '@levee/control-plane/contract'
import type { RefreshedToken } from './refreshed-token.ts'

/** active: where the meeting runs; standby: joined beforehand; previous: where it ran. */
export type Role = 'active' | 'standby' | 'previous'

/**
 * shaky: the signal socket is down, sound and picture may go on; cut: they are down too, and LiveKit starts anew;
 * closed: it never opened, or is over.
 */
export type Link = 'connecting' | 'up' | 'degraded' | 'reconnecting' | 'closed'

/** It stands, and what should come over it comes. */
export const works = ({ link, silent }: { link: Link; silent: boolean }): boolean => link === 'up' && !silent

/** One connection to one edge node: a LiveKit room and the epoch of the placement it belongs to. */
export type NodeConnection = {
  /** Two connections may have one epoch when a node was restarted. */
  readonly id: number
  readonly access: NodeAccess
  readonly epoch: number
  readonly room: Room
  role: Role
  /** When it got this role, in ms of Date.now(). */
  roleSinceMs: number
  link: Link
  /** When `link` became what it is, in ms of Date.now(). */
  linkSinceMs: number
  /** It has been opening for longer than that takes. */
  overdue: boolean
  /** A standby that is shown and sent to before the control plane has said so. */
  promoted: boolean
  /** A standby where somebody is heard who is not on the active node: we send there too. */
  mirrored: boolean
  /** A standby to which sound is sent all the time. */
  sound: boolean
  /** All that should flow has been silent for too long. */
  silent: boolean
  /** Its socket has closed and nobody isListening at its node: what is sent there goes nowhere. */
  unreachable: boolean
  /** The last token that the node gave for coming back. */
  refreshedToken?: RefreshedToken
  /** Its socket was seen, so its close will be the first sign; else LiveKit's own events are. */
  socketObserved: () => boolean
  /** What cleanups listening to the room. */
  readonly cleanups: (() => void)[]
}

/** Every event after which the page may look different. Speaking and quality are the tiles' own affair. */
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

export function onRoomChange(room: Room, listener: () => void): () => void {
  for (const event of CHANGES) room.on(event, listener)
  return () => {
    for (const event of CHANGES) room.off(event, listener)
  }
}
