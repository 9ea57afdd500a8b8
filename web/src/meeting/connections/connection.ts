import type { TrackReferenceOrPlaceholder } from '@livekit/components-react'
import type { NodeAccess } from '@levee/control-plane/contract'
import { RoomEvent, Track, type Participant, type Room, type TrackPublication } from 'livekit-client'
import type { Renewed } from './refreshed-token.ts'
import type { SlotFeed, SlotPerson, SlotView, Source } from '../selection/track-selector.ts'

/** With the track of its publication, which comes and goes: what has changed can be seen from outside. */
export type Ref = TrackReferenceOrPlaceholder & { readonly track?: Track | undefined }

/** Where the node's own API is, and where it says that it is there. */
export const httpUrl = (serverUrl: string): string => serverUrl.replace(/^ws/, 'http').replace(/\/$/, '')

/** active: where the meeting runs; standby: joined beforehand; leaving: where it ran. */
export type Role = 'active' | 'standby' | 'leaving'

/**
 * shaky: the signal socket is down, sound and picture may go on; cut: they are down too, and LiveKit starts anew;
 * closed: it never opened, or is over.
 */
export type Line = 'opening' | 'up' | 'shaky' | 'cut' | 'closed'

/** It stands, and what should come over it comes. */
export const works = ({ line, silent }: { line: Line; silent: boolean }): boolean => line === 'up' && !silent

/** One connection to one edge node: a LiveKit room and the epoch of the placement it belongs to. */
export type Slot = {
  /** Two slots may have one epoch when a node was restarted. */
  readonly id: number
  readonly way: NodeAccess
  readonly epoch: number
  readonly room: Room
  role: Role
  /** When it got this role, in ms of Date.now(). */
  roleSinceMs: number
  line: Line
  /** When `line` became what it is, in ms of Date.now(). */
  lineSinceMs: number
  /** It has been opening for longer than that takes. */
  late: boolean
  /** A standby that is shown and sent to before the control plane has said so. */
  leads: boolean
  /** A standby where somebody is heard who is not on the active node: we send there too. */
  echoes: boolean
  /** A standby to which sound is sent all the time. */
  sound: boolean
  /** All that should flow has been silent for too long. */
  silent: boolean
  /** Its socket has closed and nobody listens at its node: what is sent there goes nowhere. */
  gone: boolean
  /** The last token that the node gave for coming back. */
  renewed?: Renewed
  /** Its socket was seen, so its close will be the first sign; else LiveKit's own events are. */
  hooked: () => boolean
  /** Who was there when the line was last up: nobody leaves because a node did. */
  lastView?: SlotView<Ref>
  /** What stops listening to the room. */
  readonly stops: (() => void)[]
}

const SOURCES: Partial<Record<Track.Source, Source>> = {
  [Track.Source.Camera]: 'camera',
  [Track.Source.Microphone]: 'microphone',
  [Track.Source.ScreenShare]: 'screen_share',
  [Track.Source.ScreenShareAudio]: 'screen_share_audio',
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

export function onSlotChange(room: Room, listener: () => void): () => void {
  for (const event of CHANGES) room.on(event, listener)
  return () => {
    for (const event of CHANGES) room.off(event, listener)
  }
}

/** The track ids that show something now: decoded frames, or sound that has come. */
export type Delivering = {
  has(trackSid: string): boolean
  /** It comes at this moment: on a standby what has come before may be long ago. */
  flows(trackSid: string): boolean
}

/**
 * A still picture of the slot for the selector. While its line is cut it is the last one that was whole, marked
 * as dead: LiveKit empties a room before it connects anew.
 */
export function viewSlot(slot: Slot, delivering: Delivering): SlotView<Ref> {
  if (slot.lastView && (slot.line === 'cut' || slot.line === 'closed')) return deadView(slot.lastView)
  const { id, epoch, room } = slot
  const everybody: Participant[] = [...room.remoteParticipants.values()]
  if (room.localParticipant.identity) everybody.unshift(room.localParticipant)
  const spare = slot.role === 'standby' && !slot.leads
  const delivers = (sid: string) => delivering.has(sid) && (!spare || delivering.flows(sid))
  const people = everybody.map((participant) => viewPerson(participant, delivers))
  const leaving = slot.role === 'leaving'
  const view = { id, epoch, people, spare, leaving, down: !works(slot) }
  if (slot.line === 'up' || slot.line === 'shaky') slot.lastView = view
  return view
}

function deadView(last: SlotView<Ref>): SlotView<Ref> {
  const people = last.people.map((person) => ({
    ...person,
    feeds: person.feeds.map((feed) => ({ ...feed, delivers: false })),
  }))
  return { ...last, people, dead: true }
}

function viewPerson(participant: Participant, delivers: (sid: string) => boolean): SlotPerson<Ref> {
  return {
    identity: participant.identity,
    name: participant.name || participant.identity,
    isLocal: participant.isLocal,
    isHost: isHost(participant),
    joinedAtMs: participant.joinedAt?.getTime() ?? 0,
    ref: { participant, source: Track.Source.Camera },
    feeds: participant.getTrackPublications().flatMap((publication) => {
      const feed = viewFeed(participant, publication, delivers)
      return feed ? [feed] : []
    }),
  }
}

function viewFeed(
  participant: Participant,
  publication: TrackPublication,
  delivers: (sid: string) => boolean,
): SlotFeed<Ref> | undefined {
  const source = SOURCES[publication.source]
  if (!source) return undefined
  return {
    source,
    muted: publication.isMuted,
    delivers: participant.isLocal || (publication.track !== undefined && delivers(publication.trackSid)),
    ref: { participant, publication, source: publication.source, track: publication.track },
  }
}

/** The control plane writes the role into the token; it reaches the others as an attribute. */
function isHost(participant: Participant): boolean {
  return participant.attributes['role'] === 'host'
}
