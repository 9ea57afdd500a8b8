import type { MessageDescriptor } from '@lingui/core'
import type { ReactNode } from 'react'
import { useTranslate } from '../../../i18n/use-translate.ts'
import { classNames } from '../../../ui/class-names.ts'
import fieldStyles from '../../../ui/elements/field.module.css'
import textStyles from '../../../ui/text.module.css'
import type { Field } from './settings-messages.ts'
import type { FieldProblems } from './site-settings.ts'
import styles from './settings.module.css'

type ListFieldProps = {
  field: Field
  label: string
  hint: string
  /** One entry per line. */
  value: string
  problems: FieldProblems
  onChange: (value: string) => void
  children?: ReactNode
}

export function ListField({ field, label, hint, value, problems, onChange, children }: ListFieldProps) {
  const id = `site-${field}`
  const wrong = problems.has(field)
  return (
    <div className={fieldStyles.field}>
      <label className={fieldStyles.label} htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        className={classNames(fieldStyles.input, textStyles.mono)}
        rows={3}
        spellCheck={false}
        autoCapitalize="none"
        value={value}
        aria-invalid={wrong}
        aria-describedby={wrong ? `problem-${field} ${id}-hint` : `${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      <Problems of={field} problems={problems} />
      <p id={`${id}-hint`} className={textStyles.hint}>
        {hint}
      </p>
      {children}
    </div>
  )
}

export function Problems({ of, problems }: { of: Field | 'other'; problems: FieldProblems }) {
  const t = useTranslate()
  const messages = problems.get(of)
  if (!messages) return null
  return (
    <div id={`problem-${of}`} className={fieldStyles.error} role="alert">
      {messages.map(t).map((message) => (
        <p key={message}>{message}</p>
      ))}
    </div>
  )
}

type OptionProps = {
  /** Options with the same name exclude each other; absent: a checkbox. */
  name?: string
  checked: boolean
  messages: { label: MessageDescriptor; hint?: MessageDescriptor }
  onChange: (checked: boolean) => void
}

export function Option({ name, checked, messages: { label, hint }, onChange }: OptionProps) {
  const t = useTranslate()
  return (
    <label className={fieldStyles.check}>
      <input
        type={name === undefined ? 'checkbox' : 'radio'}
        name={name}
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        {t(label)}
        {hint && <span className={styles.hint}>{t(hint)}</span>}
      </span>
    </label>
  )
}
