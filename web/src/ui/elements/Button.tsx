import type { ComponentProps } from 'react'
import { classNames } from '../class-names.ts'
import styles from './button.module.css'

type Shape = {
  /** Default: a bordered button for an ordinary choice. `quiet`: no border until the pointer is over it. */
  look?: 'primary' | 'danger' | 'quiet' | undefined
  size?: 'small' | 'large'
}

export function Button({ look, size, className, ...rest }: ComponentProps<'button'> & Shape) {
  return (
    <button
      type="button"
      {...rest}
      className={classNames(styles.button, className)}
      data-look={look}
      data-size={size}
    />
  )
}

/** A link that looks like a button. */
export function ButtonLink({ look, size, className, children, ...rest }: ComponentProps<'a'> & Shape) {
  return (
    <a {...rest} className={classNames(styles.button, className)} data-look={look} data-size={size}>
      {children}
    </a>
  )
}

/** A square button with only an icon; `aria-label` is its name. */
export function IconButton({ className, ...rest }: ComponentProps<'button'> & { 'aria-label': string }) {
  return <button type="button" {...rest} className={classNames(styles.iconButton, className)} />
}
