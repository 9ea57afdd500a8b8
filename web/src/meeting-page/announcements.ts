import type { MessageDescriptor } from '@lingui/core'
import { diffPeople, type Person } from '../meeting/selection/track-selector.ts'
import { spokenName } from '../meeting/messages/senders.ts'
import { text } from './messages.ts'

/** What was announced last. */
export type Seen = {
  people: readonly Pick<Person<unknown>, 'identity' | 'name' | 'tag' | 'isLocal'>[]
  hands: ReadonlySet<string>
}

/** Sentences for a screen reader about what is new since `before`; the first time, who is there. */
export function announcementsOf(before: Seen | undefined, now: Seen): MessageDescriptor[] {
  const isOther = ({ isLocal }: { isLocal: boolean }) => !isLocal
  const others = now.people.filter(isOther)
  if (!before) return [text.arrived(others.length)]
  const { joined, left } = diffPeople(before.people, now.people)
  const raised = others.filter(({ identity }) => now.hands.has(identity) && !before.hands.has(identity))
  return [
    ...joined.filter(isOther).map((person) => text.joined(spokenName(person))),
    ...left.filter(isOther).map((person) => text.left(spokenName(person))),
    ...raised.map((person) => text.raisedHand(spokenName(person))),
  ]
}
