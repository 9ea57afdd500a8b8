// The meetings of a soak without browsers.
import type { Stack } from '@levee/deploy/stack'
import { until } from '@levee/deploy/until'
import { createRooms, openNativeParticipants } from '../people/native/native-participants.ts'
import { SOAK_FRAMES_PER_SEC, SOAK_LIMITS, SOAK_ROOMS, SOAK_ROOM_SIZE } from '../tuning.ts'
import type { SoakMeeting } from './soak-invariants.ts'

export interface SoakMeetings {
  meetings: SoakMeeting[]
  /** Crashes of LiveKit's native library so far. */
  crashes: () => number
}

/** Functions that close the meetings are added to `closers`. */
export async function openSoakMeetings(stack: Stack, closers: (() => unknown)[]): Promise<SoakMeetings> {
  const codes = await createRooms(stack.url, SOAK_ROOMS, SOAK_ROOM_SIZE)
  const native = openNativeParticipants({
    urls: stack.urls,
    codes,
    people: SOAK_ROOM_SIZE,
    framesPerSec: SOAK_FRAMES_PER_SEC,
    processes: 1,
  })
  closers.push(native.close)
  await until(native.allWhole, {
    what: 'every participant receiving every other',
    timeoutMs: SOAK_LIMITS.recoveredWithinMs,
  })
  const meetings = codes.map((code, i): SoakMeeting => {
    const state = () => native.rooms()[i]!
    return {
      name: `native ${i + 1}`,
      code,
      isWhole: async () => state().whole,
      epochs: async () => state().epochs,
    }
  })
  return { meetings, crashes: native.crashes }
}
