import { cleanDisplayName } from '@levee/control-plane/protocol/names/display-names'
import { Track, type Participant, type TrackPublication } from 'livekit-client'
import type { Source } from '../../devices/track-source.ts'
import { isIdle, works, type ConnectionState, type NodeConnection } from '../connections/connection.ts'
import { NAMES_CACHED_MAX } from '../tuning.ts'
import { acceptedTracks } from './track-limits.ts'
import type { ConnectionPerson, ConnectionTrack, ConnectionView } from './track-selector.ts'

/**
 * LiveKit's track reference, and the publication's track beside it: the track is set and cleared on the same
 * publication object, so a change of it could not be seen otherwise.
 */
export type TrackRef = (
  | { participant: Participant; source: Track.Source; publication: TrackPublication }
  | { participant: Participant; source: Track.Source; publication?: never }
) & { readonly track?: Track | undefined }

/** Which tracks can be seen or heard at the moment, by track id. */
export type Delivering = {
  /** Enough frames were decoded, or sound has arrived. */
  has(trackSid: string): boolean
  /** Packets arrive at the moment; on a standby the last ones may be old. */
  flows(trackSid: string): boolean
}

const SOURCES: Partial<Record<Track.Source, Source>> = {
  [Track.Source.Camera]: 'camera',
  [Track.Source.Microphone]: 'microphone',
  [Track.Source.ScreenShare]: 'screen_share',
  [Track.Source.ScreenShareAudio]: 'screen_share_audio',
}

/** Who was there when the link was last up: participants do not leave the meeting because a node fails. */
const lastViews = new WeakMap<NodeConnection, ConnectionView<TrackRef>>()

/**
 * A snapshot of a connection for the selector. While its link is down this is the last complete one, marked as dead:
 * LiveKit empties a room before it reconnects.
 */
export function viewConnection(connection: NodeConnection, delivering: Delivering): ConnectionView<TrackRef> {
  const { id, epoch, room, link } = connection
  const last = lastViews.get(connection)
  if (last && (link === 'reconnecting' || link === 'closed')) return deadView(last)
  const everyone: Participant[] = [...room.remoteParticipants.values()]
  if (room.localParticipant.identity) everyone.unshift(room.localParticipant)
  const flags = viewFlags(connection)
  const delivers = (sid: string) => delivering.has(sid) && (!flags.idle || delivering.flows(sid))
  const people = everyone.map((participant) => viewPerson(participant, delivers))
  const view = { id, epoch, people, ...flags }
  if (link === 'up' || link === 'degraded') lastViews.set(connection, view)
  return view
}

/** How the selector ranks a connection whose link is not down. */
export const viewFlags = (connection: ConnectionState) => ({
  idle: isIdle(connection),
  previous: connection.role === 'previous',
  down: !works(connection),
})

/** Identities of the others who were there when the link was last up. */
export const othersLastSeen = (connection: NodeConnection): string[] =>
  (lastViews.get(connection)?.people ?? []).filter(({ isLocal }) => !isLocal).map(({ identity }) => identity)

function deadView(last: ConnectionView<TrackRef>): ConnectionView<TrackRef> {
  const people = last.people.map((person) => ({
    ...person,
    tracks: person.tracks.map((track) => ({ ...track, delivers: false })),
  }))
  return { ...last, people, dead: true }
}

function viewPerson(
  participant: Participant,
  delivers: (sid: string) => boolean,
): ConnectionPerson<TrackRef> {
  return {
    identity: participant.identity,
    name: nameOf(participant),
    isLocal: participant.isLocal,
    isHost: isHost(participant),
    joinedAtMs: participant.joinedAt?.getTime() ?? 0,
    ref: { participant, source: Track.Source.Camera },
    tracks: acceptedTracks(participant.getTrackPublications()).flatMap((publication) => {
      const track = viewTrack(participant, publication, delivers)
      return track ? [track] : []
    }),
  }
}

const cleaned = new Map<string, string | null>()

/** The control plane writes clean names into tokens, but a node may be in other hands. */
function nameOf({ name = '', identity }: Participant): string {
  if (!cleaned.has(name)) {
    if (cleaned.size >= NAMES_CACHED_MAX) cleaned.clear()
    cleaned.set(name, cleanDisplayName(name))
  }
  return cleaned.get(name) ?? identity
}

function viewTrack(
  participant: Participant,
  publication: TrackPublication,
  delivers: (sid: string) => boolean,
): ConnectionTrack<TrackRef> | undefined {
  const source = SOURCES[publication.source]
  if (!source) return undefined
  return {
    source,
    muted: publication.isMuted,
    delivers: participant.isLocal || (publication.track !== undefined && delivers(publication.trackSid)),
    ref: { participant, publication, source: publication.source, track: publication.track },
  }
}

/** The control plane writes the role into the token; the others see it as an attribute of the participant. */
function isHost(participant: Participant): boolean {
  return participant.attributes['role'] === 'host'
}
