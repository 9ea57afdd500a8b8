import { useId, type ComponentProps, type ReactNode, type RefObject } from 'react'
import { classNames } from '../class-names.ts'
import styles from './dialog.module.css'

type Props = Omit<ComponentProps<'dialog'>, 'title'> & {
  ref: RefObject<HTMLDialogElement | null>
  title: ReactNode
}

/** A modal dialog; its owner opens it with `showModal()`. */
export function Dialog({ title, className, children, ...rest }: Props) {
  const titleId = useId()
  return (
    <dialog {...rest} className={classNames(styles.dialog, className)} aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  )
}

/** The row of buttons at the end of a dialog. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>
}
