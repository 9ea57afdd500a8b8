import { diffPeople, type Person } from '../meeting/selection/track-selector.ts'

/** What was announced last. */
export type Seen = {
  people: readonly Pick<Person<unknown>, 'identity' | 'name' | 'isLocal'>[]
  hands: ReadonlySet<string>
}

/** What is new since `before`, in sentences; the first time, who is there. */
export function newsOf(before: Seen | undefined, now: Seen): string {
  const others = now.people.filter(({ isLocal }) => !isLocal)
  if (!before) {
    // The page changed under the person: say so to whoever cannot see it.
    return `You are in the meeting. ${others.length === 0 ? 'Nobody else is here yet.' : `Others here: ${others.length}.`}`
  }
  const { joined, left } = diffPeople(before.people, now.people)
  const raised = others.filter(({ identity }) => now.hands.has(identity) && !before.hands.has(identity))
  const of = (people: Seen['people'], what: string) =>
    people.filter(({ isLocal }) => !isLocal).map(({ name }) => `${name} ${what}.`)
  return [...of(joined, 'joined'), ...of(left, 'left'), ...of(raised, 'raised a hand')].join(' ')
}
