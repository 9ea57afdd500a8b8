import { useEffect, useRef } from 'react'
import { isMirrored } from '../devices/mirrored.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import { text } from './messages.ts'
import styles from './tile.module.css'

/** Our own camera. One element while we are in the meeting, hidden when the camera is off, so that it never flickers. */
export function OwnVideo({ track }: { track: MediaStreamTrack | undefined }) {
  const t = useTranslate()
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    if (video.current) video.current.srcObject = track ? new MediaStream([track]) : null
  }, [track])
  return (
    <video
      ref={video}
      className={styles.video}
      data-front="true"
      data-mirrored={!track || isMirrored(track)}
      aria-label={t(text.yourCamera)}
      hidden={!track}
      autoPlay
      playsInline
      muted
    />
  )
}
