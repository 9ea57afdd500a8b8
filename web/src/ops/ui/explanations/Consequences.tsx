import type { MessageDescriptor } from '@lingui/core'
import { useTranslate } from '../../../i18n/use-translate.ts'
import { classNames } from '../../../ui/class-names.ts'
import textStyles from '../../../ui/text.module.css'
import styles from './consequences.module.css'

/** The list in a confirmation dialog of what will happen. */
export function Consequences({ of }: { of: readonly MessageDescriptor[] }) {
  const t = useTranslate()
  const [only, ...rest] = of
  if (only && rest.length === 0) return <p className={textStyles.hint}>{t(only)}</p>
  return (
    <ul className={classNames(textStyles.hint, styles.list)}>
      {of.map((message) => (
        <li key={message.id}>{t(message)}</li>
      ))}
    </ul>
  )
}
