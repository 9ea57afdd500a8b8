/**
 * The selector: what of several live connections the page shows.
 *
 * A meeting lives on one edge node, but while it moves a person is joined on two. Each connection is a
 * slot with an epoch. Nothing outside this folder knows about slots: people and feeds are keyed by
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
export type SlotView<Ref> = { epoch: number; people: readonly SlotPerson<Ref>[] }

export type Feed<Ref> = SlotFeed<Ref> & {
  key: string
  identity: string
  epoch: number
  /** The same feed on a newer epoch, on its way: render it hidden behind, so that it can decode. */
  next?: { epoch: number; ref: Ref }
}
export type Person<Ref> = Omit<SlotPerson<Ref>, 'feeds'> & {
  epoch: number
  camera: Feed<Ref> | undefined
  microphone: Feed<Ref> | undefined
  share: Feed<Ref> | undefined
  shareAudio: Feed<Ref> | undefined
}

export const feedKey = (identity: string, source: Source) => `${identity}/${source}`

/** Everybody present in any live slot, earliest first. Slots that are gone must not be passed in. */
export function selectPeople<Ref>(slots: readonly SlotView<Ref>[]): Person<Ref>[] {
  const newestFirst = slots.toSorted((a, b) => b.epoch - a.epoch)
  const seen = new Map<string, Person<Ref>>()
  for (const { epoch, people } of newestFirst) {
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
        camera: selectFeed(newestFirst, person.identity, 'camera'),
        microphone: selectFeed(newestFirst, person.identity, 'microphone'),
        share: selectFeed(newestFirst, person.identity, 'screen_share'),
        shareAudio: selectFeed(newestFirst, person.identity, 'screen_share_audio'),
      })
    }
  }
  return [...seen.values()].toSorted(
    (a, b) => a.joinedAtMs - b.joinedAtMs || (a.identity < b.identity ? -1 : 1),
  )
}

/**
 * Exactly one feed per identity and source is open: two would be an echo. A muted feed never decodes,
 * so on the newest epoch muted counts as delivered.
 */
function selectFeed<Ref>(
  newestFirst: readonly SlotView<Ref>[],
  identity: string,
  source: Source,
): Feed<Ref> | undefined {
  const offers = newestFirst.flatMap(({ epoch, people }) => {
    const person = people.find((candidate) => candidate.identity === identity)
    const feed = person?.feeds.find((candidate) => candidate.source === source)
    return feed ? [{ ...feed, epoch }] : []
  })
  const newest = offers[0]
  if (!newest) return undefined
  const shown = offers.find(({ delivers, muted }) => delivers || muted) ?? newest
  const feed = { ...shown, key: feedKey(identity, source), identity }
  return shown === newest ? feed : { ...feed, next: { epoch: newest.epoch, ref: newest.ref } }
}

/** Who came and who went between two looks, by identity: a move of node is neither. */
export function comings<Ref>(
  before: readonly Person<Ref>[],
  after: readonly Person<Ref>[],
): { joined: Person<Ref>[]; left: Person<Ref>[] } {
  const had = new Set(before.map(({ identity }) => identity))
  const has = new Set(after.map(({ identity }) => identity))
  return {
    joined: after.filter(({ identity }) => !had.has(identity)),
    left: before.filter(({ identity }) => !has.has(identity)),
  }
}
