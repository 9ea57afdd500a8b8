import type { Room } from 'livekit-client'
import { useEffect, useState } from 'react'
import { ROUND_TRIP_EVERY_MS } from '../tuning.ts'

/** Round trip of the signal connection in ms, as LiveKit measures it; undefined before its first ping. */
export function useRoundTrip(room: Room, watched: boolean): number | undefined {
  const [ms, setMs] = useState<number>()
  useEffect(() => {
    if (!watched) return undefined
    // Contrary to its type, the engine is undefined before the first connection.
    const read = () => setMs((room.engine as Room['engine'] | undefined)?.client.rtt || undefined)
    read()
    const timer = setInterval(read, ROUND_TRIP_EVERY_MS)
    return () => clearInterval(timer)
  }, [room, watched])
  return ms
}
