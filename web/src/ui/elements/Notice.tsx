import type { ComponentProps, ReactNode } from 'react'
import { classNames } from '../class-names.ts'
import styles from './notice.module.css'

type Props = ComponentProps<'div'> & {
  tone: 'warn' | 'bad'
  /** What happened, in one line. */
  heading?: ReactNode
  /** Buttons. */
  actions?: ReactNode
}

/** A box with a problem and what to do about it. */
export function Notice({ tone, heading, actions, className, children, ...rest }: Props) {
  return (
    <div {...rest} className={classNames(styles.notice, className)} data-tone={tone}>
      {heading !== undefined && <strong>{heading}</strong>}
      {children}
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </div>
  )
}
