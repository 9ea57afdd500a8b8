/**
 * The selector: what of several live connections the page shows.
 *
 * A meeting lives on one edge node, but while it moves, or with a standby, a person is joined on two. Each
 * connection is a slot with an epoch. Nothing outside this folder knows about slots: people and feeds are keyed by
 * identity + source, and a feed is taken from the newest epoch that really delivers it. So a move is a
 * change of `epoch` on some feeds, never a tile that goes and comes back.
 */
export type Source = 'camera' | 'microphone' | 'screen_share' | 'screen_share_audio'

/** `Ref` is whatever the page needs to render the feed; the selector never looks inside. */
export type SlotFeed<Ref> = {
  source: Source
  muted: boolean
  /** Something of it has been decoded here, or it is our own: it can be shown without a gap. */
  delivers: boolean
  ref: Ref
}
export type SlotPerson<Ref> = {
  identity: string
  name: string
  isLocal: boolean
  isHost: boolean
  joinedAtMs: number
  /** What the page hangs a tile without a picture on. */
  ref: Ref
  feeds: readonly SlotFeed<Ref>[]
}
export type SlotView<Ref> = {
  /** Tells slots apart; two may have one epoch. */
  id: number
  epoch: number
  people: readonly SlotPerson<Ref>[]
  /** The meeting runs elsewhere by now. */
  leaving?: boolean
  /** A standby: shown only where there is nothing better. */
  spare?: boolean
  /** Nothing comes from it just now: what it shows stands still. */
  down?: boolean
  /** Its connection is gone: it still says who was there. */
  dead?: boolean
}

/** One feed as one slot has it. */
export type Layer<Ref> = { slot: number; epoch: number; delivers: boolean; ref: Ref }
export type Feed<Ref> = SlotFeed<Ref> &
  Layer<Ref> & {
    key: string
    identity: string
    /** Taken from a connection that is gone: there is nothing to see. */
    dead: boolean
    /** It stands still, or there is none yet: the first frame of another one is better. */
    urgent: boolean
    /** The same feed on other slots: render it hidden behind, so that it can decode before its turn. */
    behind: readonly Layer<Ref>[]
  }
export type Person<Ref> = Omit<SlotPerson<Ref>, 'feeds'> & {
  epoch: number
  camera: Feed<Ref> | undefined
  microphone: Feed<Ref> | undefined
  share: Feed<Ref> | undefined
  shareAudio: Feed<Ref> | undefined
}

const feedKey = (identity: string, source: Source) => `${identity}/${source}`

/** Everybody present in any slot, earliest first. Slots that are gone must not be passed in. */
export function selectPeople<Ref>(slots: readonly SlotView<Ref>[]): Person<Ref>[] {
  const bestFirst = slots.toSorted((a, b) => rank(a) - rank(b) || b.epoch - a.epoch || b.id - a.id)
  const seen = new Map<string, Person<Ref>>()
  for (const { epoch, people } of bestFirst) {
    for (const { feeds: _, ...person } of people) {
      const known = seen.get(person.identity)
      if (known) {
        // Arriving on the new node is not arriving in the meeting.
        known.joinedAtMs = Math.min(known.joinedAtMs, person.joinedAtMs)
        continue
      }
      seen.set(person.identity, {
        ...person,
        epoch,
        camera: selectFeed(bestFirst, person.identity, 'camera'),
        microphone: selectFeed(bestFirst, person.identity, 'microphone'),
        share: selectFeed(bestFirst, person.identity, 'screen_share'),
        shareAudio: selectFeed(bestFirst, person.identity, 'screen_share_audio'),
      })
    }
  }
  return [...seen.values()].toSorted(
    (a, b) => a.joinedAtMs - b.joinedAtMs || (a.identity < b.identity ? -1 : 1),
  )
}

/** First where the meeting runs, then where it ran, then the standby, then what is gone; newest first. */
const rank = ({ leaving, spare, dead }: Pick<SlotView<unknown>, 'leaving' | 'spare' | 'dead'>) =>
  dead ? 3 : spare ? 2 : leaving ? 1 : 0

/**
 * Exactly one feed per identity and source is open: two would be an echo. A feed that is muted on one slot and
 * flows on another is not muted: on a standby people send nothing yet, which looks the same. A picture that
 * stands still is kept until another one shows; for sound there is nothing to keep.
 */
function selectFeed<Ref>(
  bestFirst: readonly SlotView<Ref>[],
  identity: string,
  source: Source,
): Feed<Ref> | undefined {
  const offers = bestFirst.flatMap(({ id, epoch, people, dead = false, down = dead }) => {
    const person = people.find((candidate) => candidate.identity === identity)
    const feed = person?.feeds.find((candidate) => candidate.source === source)
    return feed ? [{ ...feed, slot: id, epoch, dead, down }] : []
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
    .map(({ slot, epoch, delivers, ref }) => ({ slot, epoch, delivers, ref }))
  const { down, ...open } = shown
  return { ...open, key: feedKey(identity, source), identity, behind, urgent: down || behind.length === 0 }
}

/** Who came and who went between two looks, by identity: a move of node is neither. */
export function comings<Somebody extends { identity: string }>(
  before: readonly Somebody[],
  after: readonly Somebody[],
): { joined: Somebody[]; left: Somebody[] } {
  const had = new Set(before.map(({ identity }) => identity))
  const has = new Set(after.map(({ identity }) => identity))
  return {
    joined: after.filter(({ identity }) => !had.has(identity)),
    left: before.filter(({ identity }) => !has.has(identity)),
  }
}
