import { useEffect, useRef } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import { classNames } from '../ui/class-names.ts'
import { watchLevel } from './audio-level.ts'
import { text } from './messages.ts'
import styles from './mic-level.module.css'
import { SilentMicrophone } from './silent-microphone.ts'

type Props = {
  track: MediaStreamTrack
  onSilent?: (silent: boolean) => void
  className?: string | undefined
}

/** A live bar. It writes to the element itself: sixteen renders a second would be wasted. */
export function MicLevel({ track, onSilent, className }: Props) {
  const t = useTranslate()
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const microphone = new SilentMicrophone()
    let silent = false
    const stop = watchLevel(track, ({ bar: level, peak, running }) => {
      bar.current?.style.setProperty('--level', level.toFixed(3))
      bar.current?.setAttribute('aria-valuenow', String(Math.round(level * 100)))
      const unknown = !running || document.hidden || !track.enabled || track.muted
      if (unknown) microphone.reset()
      const now = !unknown && microphone.feed(peak, performance.now())
      if (now !== silent) onSilent?.((silent = now))
    })
    return () => {
      stop()
      if (silent) onSilent?.(false)
    }
  }, [track, onSilent])
  return (
    <div
      ref={bar}
      className={classNames(styles.level, className)}
      role="meter"
      aria-label={t(text.microphoneLevel)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      <span />
    </div>
  )
}
