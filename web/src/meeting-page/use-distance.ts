import type { Room } from 'livekit-client'
import { useEffect, useMemo, useState } from 'react'
import { distanceOf, elsewhereWords } from '../sites/distance.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'

/** Long enough to be read twice; settings keep it for later. */
const SHOWN_MS = 8_000
const EVERY_MS = 2_000

/** The sentence for a person whose meeting is not at their nearest site, for a moment after they got there. */
export function useElsewhere({ connection, answer, measured }: MeetingView): string | undefined {
  const words = useMemo(() => elsewhereWords(distanceOf(answer, measured)), [answer, measured])
  const [read, setRead] = useState<string>()
  const shown = connection === 'connected' && words !== undefined && words !== read
  useEffect(() => {
    if (!shown) return undefined
    const timer = setTimeout(() => setRead(words), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [shown, words])
  return shown ? words : undefined
}

/** The round trip of the signal connection as LiveKit measures it; undefined before its first ping. */
export function useRoundTrip(room: Room, watched: boolean): number | undefined {
  const [ms, setMs] = useState<number>()
  useEffect(() => {
    if (!watched) return undefined
    // There is no engine before the first connection, whatever the type says.
    const look = () => setMs((room.engine as Room['engine'] | undefined)?.client.rtt || undefined)
    look()
    const timer = setInterval(look, EVERY_MS)
    return () => clearInterval(timer)
  }, [room, watched])
  return ms
}
