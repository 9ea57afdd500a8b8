import { useTranslate } from '../i18n/use-translate.ts'
import { text } from './messages.ts'
import styles from './tile.module.css'

type Props = {
  /** Name of what is pinned: a person or a screen. */
  title: string
  pinned: boolean
  onClick: () => void
}

/** Shows one picture large, or everyone again. */
export function PinButton({ title, pinned, onClick }: Props) {
  const t = useTranslate()
  return (
    <button
      type="button"
      className={styles.pin}
      data-pinned={pinned}
      aria-label={t(pinned ? text.unpinNamed(title) : text.pinNamed(title))}
      title={t(pinned ? text.showEveryone : text.enlarge(title))}
      onClick={onClick}
    >
      {t(pinned ? text.unpin : text.pin)}
    </button>
  )
}
