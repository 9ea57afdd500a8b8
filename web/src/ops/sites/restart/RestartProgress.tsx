import type { SiteView } from '@levee/control-plane/contract'
import type { ReactNode } from 'react'
import { useTranslate } from '../../../i18n/use-translate.ts'
import { ProgressBar } from '../../ui/ProgressBar.tsx'
import { restartProgress } from './restart-messages.ts'
import styles from './restart.module.css'

/** `children`: the buttons. */
type Props = { restart: NonNullable<SiteView['restart']>; children: ReactNode }

export function RestartProgress({ restart, children }: Props) {
  const t = useTranslate()
  const { tone, title, share, summary, note } = restartProgress(restart)
  return (
    <div className={styles.progress} data-tone={tone}>
      <div className={styles.head}>
        <p className={styles.title}>{t(title)}</p>
        <p className={styles.summary}>{t(summary)}</p>
      </div>
      {share !== undefined && <ProgressBar share={share} tone={tone} />}
      <div className={styles.foot}>
        {note && (
          <p className={styles.note} data-note>
            {t(note)}
          </p>
        )}
        <div className={styles.actions}>{children}</div>
      </div>
    </div>
  )
}
