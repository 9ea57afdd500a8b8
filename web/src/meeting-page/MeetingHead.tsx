import { Check, Link, LogOut } from 'lucide-react'
import { memo } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import { HostChip } from '../ui/elements/HostChip.tsx'
import mark from '../ui/mark.svg'
import textStyles from '../ui/text.module.css'
import { useCopy } from '../ui/use-copy.ts'
import styles from './meeting-head.module.css'
import { text } from './messages.ts'

type Props = { title: string; role: 'host' | 'guest'; count: number; onLeave: () => void }

export const MeetingHead = memo(function MeetingHead({ title, role, count, onLeave }: Props) {
  const t = useTranslate()
  const { copied, copy } = useCopy()
  return (
    <header className={styles.head}>
      <img className={styles.mark} src={mark} alt="" />
      <p className={styles.title}>{title}</p>
      {role === 'host' && <HostChip className={styles.host} />}
      <span className={styles.count}>{t(text.peopleCount(count))}</span>
      <button
        type="button"
        className={styles.button}
        onClick={() => void copy(location.origin + location.pathname)}
      >
        {copied ? <Check /> : <Link />}
        {t(copied ? text.linkCopied : text.invite)}
      </button>
      {/* On a phone, where the control bar has no space for it. */}
      <button type="button" className={styles.leave} onClick={onLeave}>
        <LogOut />
        {t(text.leave)}
      </button>
      <span className={textStyles.visuallyHidden} role="status">
        {copied && t(text.joinLinkCopied)}
      </span>
    </header>
  )
})
