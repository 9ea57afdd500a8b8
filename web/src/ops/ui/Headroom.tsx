import type { CSSProperties } from 'react'
import { useTranslate } from '../../i18n/use-translate.ts'
import textStyles from '../../ui/text.module.css'
import { LOW_HEADROOM, NEARLY_FULL_HEADROOM, SHOWN_RESERVED_SHARE } from '../tuning.ts'
import { text } from './messages.ts'
import styles from './headroom.module.css'

/** Shares of the capacity, 0–1. `name`: the node or site. */
type Props = { name: string; used: number; reserved: number; headroom: number }

/** Used, reserved and free capacity as one bar, with its numbers. */
export function Headroom({ name, used, reserved, headroom }: Props) {
  const t = useTranslate()
  const tone = headroom < NEARLY_FULL_HEADROOM ? 'bad' : headroom < LOW_HEADROOM ? 'warn' : 'good'
  const style = {
    '--used': Math.min(1, Math.max(0, used)),
    '--reserved': Math.min(1 - Math.min(1, used), Math.max(0, reserved)),
  } as CSSProperties
  const shown = reserved > SHOWN_RESERVED_SHARE
  return (
    <div className={styles.headroom} data-tone={tone}>
      <div className={styles.bar} style={style} aria-hidden="true">
        <span className={styles.used} />
        <span className={styles.reserved} />
      </div>
      <p>
        <span className={textStyles.visuallyHidden}>{t(text.headroomOf(name))} </span>
        <b>{t(text.free(headroom))}</b>
        <span className={styles.detail}>
          {t(shown ? text.usedAndReserved(used, reserved) : text.used(used))}
        </span>
      </p>
    </div>
  )
}
