import { lookalikeKey } from '@levee/control-plane/protocol/names/display-names'
import { NAME_TAG_DIGITS, SENDERS_MAX } from '../tuning.ts'

/** Someone who is or was in the meeting, as the server has described them. */
export type Sender = {
  name: string
  isHost: boolean
  /** A number that tells them from others whose names look the same; undefined: there are none. */
  tag: string | undefined
}

type Named = { identity: string; name: string; isHost: boolean }

/**
 * Everyone who has been in the meeting while this page was. Names that look the same get a number, also that of someone
 * who has left: what they wrote is still there. The number comes from the identity, so it is the same on each page.
 */
export class Senders {
  #all: ReadonlyMap<string, Sender> = new Map()
  #seen = new Map<string, Named>()

  /** By identity. The same map until something changes. */
  get all(): ReadonlyMap<string, Sender> {
    return this.#all
  }

  /** Returns the people with their numbers. */
  update<P extends Named>(people: readonly P[]): (P & { tag: string | undefined })[] {
    // Without an identity it is ourselves before the node has accepted us.
    if (people.some((person) => person.identity !== '' && this.#isNews(person))) {
      for (const { identity, name, isHost } of people) {
        this.#seen.delete(identity)
        if (identity !== '') this.#seen.set(identity, { identity, name, isHost })
      }
      for (const identity of this.#seen.keys()) {
        if (this.#seen.size <= SENDERS_MAX) break
        this.#seen.delete(identity)
      }
      this.#all = withTags([...this.#seen.values()])
    }
    return people.map((person) => ({ ...person, tag: this.#all.get(person.identity)?.tag }))
  }

  #isNews({ identity, name, isHost }: Named): boolean {
    const known = this.#all.get(identity)
    return known?.name !== name || known.isHost !== isHost
  }
}

function withTags(people: readonly Named[]): Map<string, Sender> {
  const groups = Map.groupBy(people, ({ name }) => lookalikeKey(name))
  const senders = new Map<string, Sender>()
  for (const group of groups.values()) {
    const tags = group.length > 1 ? distinctTags(group.map(({ identity }) => identity)) : []
    group.forEach(({ identity, name, isHost }, at) => senders.set(identity, { name, isHost, tag: tags[at] }))
  }
  return senders
}

/** As few digits as tell them apart. */
function distinctTags(identities: readonly string[]): string[] {
  const tagsOf = (digits: number) => identities.map((identity) => tagOf(identity, digits))
  const digits = NAME_TAG_DIGITS.find((count) => new Set(tagsOf(count)).size === identities.length)
  return digits === undefined ? [...identities] : tagsOf(digits)
}

/** FNV-1a. The control plane chooses identities at random, so no one can choose their number. */
function tagOf(identity: string, digits: number): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < identity.length; i++) hash = Math.imul(hash ^ identity.charCodeAt(i), 0x01000193)
  return String((hash >>> 0) % 10 ** digits).padStart(digits, '0')
}

/** A name in a sentence or for a screen reader. */
export const spokenName = ({ name, tag }: { name: string; tag?: string | undefined }): string =>
  tag === undefined ? name : `${name} #${tag}`
