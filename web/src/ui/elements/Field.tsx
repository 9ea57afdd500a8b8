import type { ComponentProps, ReactNode } from 'react'
import { classNames } from '../class-names.ts'
import styles from './field.module.css'

type FieldProps = {
  /** Id of the control that is the child of this field. */
  id: string
  label: ReactNode
  /** Why the value is not accepted. Its element has the id `<id>-error`, for `aria-describedby`. */
  error?: string | undefined
  /** Read the error aloud at once: for errors that do not come from submitting the form. */
  alert?: boolean
  className?: string | undefined
  children: ReactNode
}

/** A labelled control with an optional error below it. */
export function Field({ id, label, error, alert = false, className, children }: FieldProps) {
  return (
    <div className={classNames(styles.field, className)}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children}
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error} role={alert ? 'alert' : undefined}>
          {error}
        </p>
      )}
    </div>
  )
}

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input {...rest} className={classNames(styles.input, className)} />
}

export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return <select {...rest} className={classNames(styles.input, className)} />
}

type CheckProps = { checked: boolean; onChange: (checked: boolean) => void; children: ReactNode }

export function Check({ checked, onChange, children }: CheckProps) {
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      {children}
    </label>
  )
}
