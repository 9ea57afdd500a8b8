import { useEffect, useRef } from 'react'
import { watchLevel } from './audio-level.ts'
import { SilenceWatch } from './silent-microphone.ts'

type Props = { track: MediaStreamTrack; onSilent?: (silent: boolean) => void }

/** A live bar. It writes to the element itself: sixteen renders a second would be for nothing. */
export function MicLevel({ track, onSilent }: Props) {
  const bar = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const silence = new SilenceWatch()
    let silent = false
    const stop = watchLevel(track, ({ bar: level, peak, running }) => {
      bar.current?.style.setProperty('--level', level.toFixed(3))
      bar.current?.setAttribute('aria-valuenow', String(Math.round(level * 100)))
      const blind = !running || document.hidden || !track.enabled || track.muted
      if (blind) silence.reset()
      const now = !blind && silence.feed(peak, performance.now())
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
      className="mic-level"
      role="meter"
      aria-label="Microphone level"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
    >
      <span />
    </div>
  )
}
