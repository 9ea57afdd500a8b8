import type { SiteView } from '@levee/control-plane/contract'
import { useTranslate } from '../../../i18n/use-translate.ts'
import { settingsInWords } from './settings-messages.ts'
import styles from './settings.module.css'

/** The settings of a site, for reading. */
export function SiteSettings({ settings }: Pick<SiteView, 'settings'>) {
  const t = useTranslate()
  return (
    <dl className={styles.summary}>
      {settingsInWords(settings, t).map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
