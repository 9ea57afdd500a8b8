import type { ReactNode } from 'react'
import styles from './status.module.css'

/** bad: act now; warn: an operator should know; neutral: nothing to judge. */
export type StatusTone = 'good' | 'warn' | 'bad' | 'neutral'

export function Status({ tone, children }: { tone: StatusTone; children: ReactNode }) {
  return (
    <span className={styles.status} data-tone={tone}>
      {children}
    </span>
  )
}
