// A meeting of people without browsers.
import type { VideoSource } from '@livekit/rtc-node'
import { NativePerson } from './native.ts'

export interface NativeRoom {
  /** Of the link. */
  code: string
  people: readonly NativePerson[]
}

export interface NativeRoomOptions {
  /** Of the control planes; any will do. */
  urls: readonly string[]
  /** Of the link. */
  code: string
  /** People. */
  size: number
  source: VideoSource
}

export async function openNativeRoom({ urls, code, size, source }: NativeRoomOptions): Promise<NativeRoom> {
  const people = Array.from(
    { length: size },
    (_, i) => new NativePerson({ urls, room: code, name: `Person ${i + 1}`, source }),
  )
  try {
    for (const person of people) await person.join()
    return { code, people }
  } catch (error) {
    for (const person of people) person.leave()
    throw error
  }
}

/** Each got a picture of each of the others within the last while. */
export function allSee({ people }: NativeRoom, withinMs = 1_000): boolean {
  const sinceMs = performance.now() - withinMs
  return people.every((to) =>
    people.every((from) => from === to || (to.seenAtMs.get(from.identity) ?? 0) > sinceMs),
  )
}

/** Epochs that people of this room are connected to. More than one: it is split, or on its way. */
export const epochsOf = ({ people }: NativeRoom): number[] => [
  ...new Set(people.flatMap(({ place }) => place?.epoch ?? [])),
]
