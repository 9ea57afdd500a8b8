// A meeting of people without browsers.
import type { CreatedRoom } from '@levee/control-plane/contract'
import type { VideoSource } from '@livekit/rtc-node'
import type { Stack } from '../../deploy/local/stack.ts'
import { post } from './meeting.ts'
import { NativePerson } from './native.ts'

export interface NativeRoom {
  /** Of the link. */
  code: string
  people: readonly NativePerson[]
}

export async function openNativeRoom(
  stack: Pick<Stack, 'url' | 'urls'>,
  source: VideoSource,
  size: number,
): Promise<NativeRoom> {
  const { room: code } = await post<CreatedRoom>(`${stack.url}/v1/rooms`, { expectedParticipants: size })
  const people = Array.from(
    { length: size },
    (_, i) => new NativePerson({ urls: stack.urls, room: code, name: `Person ${i + 1}`, source }),
  )
  for (const person of people) await person.join()
  return { code, people }
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
