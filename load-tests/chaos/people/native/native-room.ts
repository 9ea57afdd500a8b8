// A meeting of participants without browsers.
import type { VideoSource } from '@livekit/rtc-node'
import { NATIVE_SEEN_WITHIN_MS } from '../../tuning.ts'
import type { RoomState } from './messages.ts'
import { NativeParticipant } from './native-participant.ts'

export interface NativeRoom {
  /** Code of its link. */
  code: string
  people: readonly NativeParticipant[]
}

export interface NativeRoomOptions {
  /** URLs of the control planes; any of them may get a request. */
  urls: readonly string[]
  code: string
  /** Number of participants. */
  size: number
  source: VideoSource
}

export async function openNativeRoom({ urls, code, size, source }: NativeRoomOptions): Promise<NativeRoom> {
  const people = Array.from(
    { length: size },
    (_, i) => new NativeParticipant({ urls, room: code, name: `Person ${i + 1}`, source }),
  )
  try {
    for (const person of people) await person.join()
    return { code, people }
  } catch (error) {
    for (const person of people) person.leave()
    throw error
  }
}

export const stateOf = ({ code, people }: NativeRoom): RoomState => ({
  code,
  nodes: [...new Set(people.map(({ connectedTo }) => connectedTo?.node ?? 'none'))],
  epochs: [...new Set(people.flatMap(({ connectedTo }) => connectedTo?.epoch ?? []))],
  whole: isWhole(people),
  longestGapMs: people.map(({ longestGapMs }) => longestGapMs),
})

function isWhole(people: readonly NativeParticipant[]): boolean {
  const sinceMs = performance.now() - NATIVE_SEEN_WITHIN_MS
  return people.every((to) =>
    people.every((from) => from === to || (to.seenAtMs.get(from.identity) ?? 0) > sinceMs),
  )
}
