import type { CSSProperties } from 'react'
import type { StatusTone } from './Status.tsx'
import styles from './progress-bar.module.css'

/** `share`: 0–1. Hidden from screen readers, because the text beside it has the same information. */
export function ProgressBar({ share, tone }: { share: number; tone: StatusTone }) {
  return (
    <div
      className={styles.bar}
      style={{ '--share': share } as CSSProperties}
      data-progress={share}
      data-tone={tone}
      aria-hidden="true"
    >
      <span />
    </div>
  )
}
