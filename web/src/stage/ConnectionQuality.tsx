import { useConnectionQualityIndicator } from '@livekit/components-react'
import { ConnectionQuality, type Participant } from 'livekit-client'
import { useEffect, useState } from 'react'

/** LiveKit rates a line every five seconds, and one that rested a while as weak: that of a standby until it has served. */
const RATED_MS = 10_000

/** A word when somebody's line is weak. */
export function LineQuality({ participant }: { participant: Participant }) {
  const { quality } = useConnectionQualityIndicator({ participant })
  const [rated, setRated] = useState<Participant>()
  useEffect(() => {
    const timer = setTimeout(() => setRated(participant), RATED_MS)
    return () => clearTimeout(timer)
  }, [participant])
  if (rated !== participant) return null
  if (quality !== ConnectionQuality.Poor && quality !== ConnectionQuality.Lost) return null
  return (
    <span className="tile-quality">{quality === ConnectionQuality.Lost ? 'Line lost' : 'Weak line'}</span>
  )
}
