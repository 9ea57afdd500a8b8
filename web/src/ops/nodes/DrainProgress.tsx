import { useTranslate } from '../../i18n/use-translate.ts'
import { CellNote } from '../ui/CardTable.tsx'
import { ProgressBar } from '../ui/ProgressBar.tsx'
import { drainNote, drainSummary } from './drain-messages.ts'
import type { DrainProgress as Progress } from './drain-progress.ts'
import styles from './drain.module.css'

/** The progress in words, with a bar if the number of meetings at the start is known. */
export function DrainProgress({ progress }: { progress: Progress }) {
  const t = useTranslate()
  const { phase, late, share } = progress
  const note = drainNote(progress)
  return (
    <div className={styles.progress} data-drain={phase} data-late={late}>
      {share !== undefined && phase !== 'silent' && (
        <ProgressBar share={share} tone={late ? 'warn' : 'good'} />
      )}
      <p>{t(drainSummary(progress))}</p>
      {note && <CellNote>{t(note)}</CellNote>}
    </div>
  )
}
