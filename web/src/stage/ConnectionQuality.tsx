import { useConnectionQualityIndicator } from '@livekit/components-react'
import { ConnectionQuality, type Participant } from 'livekit-client'
import { useEffect, useState } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import { QUALITY_SETTLED_MS } from '../tuning.ts'
import { text } from './messages.ts'
import styles from './tile.module.css'

/** Shown while the connection of this participant is weak. */
export function ConnectionQualityLabel({ participant }: { participant: Participant }) {
  const t = useTranslate()
  const { quality } = useConnectionQualityIndicator({ participant })
  const [settled, setSettled] = useState<Participant>()
  useEffect(() => {
    const timer = setTimeout(() => setSettled(participant), QUALITY_SETTLED_MS)
    return () => clearTimeout(timer)
  }, [participant])
  if (settled !== participant) return null
  if (quality !== ConnectionQuality.Poor && quality !== ConnectionQuality.Lost) return null
  return (
    <span className={styles.quality}>
      {t(quality === ConnectionQuality.Lost ? text.connectionLost : text.connectionWeak)}
    </span>
  )
}
