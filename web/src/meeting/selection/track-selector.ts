import type { Source } from '../../devices/track-source.ts'

/**
 * The selector decides which of several live connections each track is taken from.
 *
 * A meeting runs on one edge node, but while it moves, or while there is a standby, a participant is joined on two
 * nodes. Each connection belongs to one placement epoch. Code outside web/src/meeting does not see connections: people
 * and tracks are keyed by identity and source, and a track is taken from the newest epoch that delivers it. A move
 * therefore changes the `epoch` of some tracks; no tile disappears and comes back.
 */

/** One track as one connection has it. `Ref` is what the page needs to render it; the selector never reads it. */
export type ConnectionTrack<Ref> = {
  source: Source
  muted: boolean
  /** It is decoded here, or it is our own: it can be shown without a gap. */
  delivers: boolean
  ref: Ref
}
export type ConnectionPerson<Ref> = {
  identity: string
  name: string
  isLocal: boolean
  isHost: boolean
  /** A number beside the name, if others have one that looks the same. */
  tag?: string | undefined
  joinedAtMs: number
  /** What the page attaches a tile without a picture to. */
  ref: Ref
  tracks: readonly ConnectionTrack<Ref>[]
}
/** What one connection shows at one moment. */
export type ConnectionView<Ref> = {
  /** Unique among connections; two connections may share an epoch. */
  id: number
  epoch: number
  people: readonly ConnectionPerson<Ref>[]
  /** The meeting has moved to another node. */
  previous?: boolean
  /** A standby that does not serve: shown only where no other connection has the track. */
  idle?: boolean
  /** Nothing arrives at the moment: its video is frozen. */
  down?: boolean
  /** The connection is closed, but still lists who was there. */
  dead?: boolean
}

/** A track as one connection has it, for rendering. */
export type TrackLayer<Ref> = { connectionId: number; epoch: number; delivers: boolean; ref: Ref }
/** The track that is shown or played for one source of one person. */
export type SelectedTrack<Ref> = ConnectionTrack<Ref> &
  TrackLayer<Ref> & {
    key: string
    identity: string
    /** Its connection is closed: there is nothing to see. */
    dead: boolean
    /** It is frozen, or no other connection has it: switch on the first frame instead of waiting for more. */
    urgent: boolean
    /** The same track on other connections: rendered behind this one, so that it decodes before it is shown. */
    behind: readonly TrackLayer<Ref>[]
  }
export type Person<Ref> = Omit<ConnectionPerson<Ref>, 'tracks'> & {
  epoch: number
  camera: SelectedTrack<Ref> | undefined
  microphone: SelectedTrack<Ref> | undefined
  share: SelectedTrack<Ref> | undefined
  shareAudio: SelectedTrack<Ref> | undefined
}

const trackKey = (identity: string, source: Source) => `${identity}/${source}`

/** Everyone present on any connection, earliest arrival first. Removed connections must not be passed in. */
export function selectPeople<Ref>(connections: readonly ConnectionView<Ref>[]): Person<Ref>[] {
  const bestFirst = connections.toSorted((a, b) => rank(a) - rank(b) || b.epoch - a.epoch || b.id - a.id)
  const seen = new Map<string, Person<Ref>>()
  for (const { epoch, people } of bestFirst) {
    for (const { tracks: _, ...person } of people) {
      const known = seen.get(person.identity)
      if (known) {
        // Arriving on the new node is not arriving in the meeting.
        known.joinedAtMs = Math.min(known.joinedAtMs, person.joinedAtMs)
        continue
      }
      seen.set(person.identity, {
        ...person,
        epoch,
        camera: selectTrack(bestFirst, person.identity, 'camera'),
        microphone: selectTrack(bestFirst, person.identity, 'microphone'),
        share: selectTrack(bestFirst, person.identity, 'screen_share'),
        shareAudio: selectTrack(bestFirst, person.identity, 'screen_share_audio'),
      })
    }
  }
  return [...seen.values()].toSorted(
    (a, b) => a.joinedAtMs - b.joinedAtMs || (a.identity < b.identity ? -1 : 1),
  )
}

/** The active connection first, then previous ones, then the standby, then closed ones; the newest epoch first. */
const rank = ({ previous, idle, dead }: Pick<ConnectionView<unknown>, 'previous' | 'idle' | 'dead'>) =>
  dead ? 3 : idle ? 2 : previous ? 1 : 0

/**
 * Exactly one track per identity and source is open: two audio tracks would be an echo. A track that is muted on one
 * connection and flows on another is not muted: on a standby people send nothing yet, which looks the same. A frozen
 * picture is kept until another one shows; a silent audio track is not kept.
 */
function selectTrack<Ref>(
  bestFirst: readonly ConnectionView<Ref>[],
  identity: string,
  source: Source,
): SelectedTrack<Ref> | undefined {
  const offers = bestFirst.flatMap(({ id, epoch, people, dead = false, down = dead }) => {
    const person = people.find((candidate) => candidate.identity === identity)
    const track = person?.tracks.find((candidate) => candidate.source === source)
    return track ? [{ ...track, connectionId: id, epoch, dead, down }] : []
  })
  const isSound = source === 'microphone' || source === 'screen_share_audio'
  const shown =
    offers.find(({ delivers, muted, down }) => delivers && !muted && !down) ??
    offers.find(({ muted, down }) => isSound && !muted && !down) ??
    offers.find(({ delivers, muted }) => delivers && !muted) ??
    offers.find(({ dead, muted }) => !dead && !muted) ??
    offers[0]
  if (!shown) return undefined
  const behind = offers
    .filter((offer) => offer !== shown && !offer.dead)
    .map(({ connectionId, epoch, delivers, ref }) => ({ connectionId, epoch, delivers, ref }))
  const { down, ...open } = shown
  return { ...open, key: trackKey(identity, source), identity, behind, urgent: down || behind.length === 0 }
}

/** Who joined and who left between two views, by identity: a move to another node is neither. */
export function diffPeople<P extends { identity: string }>(
  before: readonly P[],
  after: readonly P[],
): { joined: P[]; left: P[] } {
  const had = new Set(before.map(({ identity }) => identity))
  const has = new Set(after.map(({ identity }) => identity))
  return {
    joined: after.filter(({ identity }) => !had.has(identity)),
    left: before.filter(({ identity }) => !has.has(identity)),
  }
}
