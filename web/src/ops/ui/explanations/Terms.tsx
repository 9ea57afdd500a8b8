import type { MessageDescriptor } from '@lingui/core'
import { useTranslate } from '../../../i18n/use-translate.ts'
import { classNames } from '../../../ui/class-names.ts'
import textStyles from '../../../ui/text.module.css'
import styles from './terms.module.css'

export type Term = { term: MessageDescriptor; meaning: MessageDescriptor }

/** What the words above it mean, one line each. Always visible: a tooltip has no equivalent on a touch screen. */
export function Terms({ of }: { of: readonly Term[] }) {
  const t = useTranslate()
  return (
    <dl className={classNames(textStyles.hint, styles.terms)}>
      {of.map(({ term, meaning }) => (
        <div key={term.id}>
          <dt>{t(term)}</dt>
          <dd>{t(meaning)}</dd>
        </div>
      ))}
    </dl>
  )
}
