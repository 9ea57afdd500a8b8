import { Shield } from 'lucide-react'
import { useTranslate } from '../../i18n/use-translate.ts'
import { classNames } from '../class-names.ts'
import { text } from '../messages.ts'
import styles from './host-chip.module.css'

/** Shows that this person has the rights of a host. */
export function HostChip({ className, small }: { className?: string | undefined; small?: boolean }) {
  const t = useTranslate()
  return (
    <span className={classNames(styles.chip, className)} data-small={small}>
      <Shield />
      {t(text.host)}
    </span>
  )
}
