import { X } from 'lucide-react'
import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react'
import { IconButton } from './elements/Button.tsx'
import styles from './panel.module.css'

type Props = { title: string; closeLabel: string; onClose: () => void; children: ReactNode }

/**
 * Beside the stage on a desktop, over it on a phone. Escape closes it and returns the focus to the button that opened
 * it.
 */
export function Panel({ title, closeLabel, onClose, children }: Props) {
  const panel = useRef<HTMLElement>(null)
  const close = useEffectEvent(onClose)
  useEffect(() => {
    const { current } = panel
    const opener = document.activeElement
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close()
    }
    current?.addEventListener('keydown', onKey)
    return () => {
      current?.removeEventListener('keydown', onKey)
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])
  return (
    <aside ref={panel} className={styles.panel} aria-label={title}>
      <div className={styles.head}>
        <h2>{title}</h2>
        <IconButton aria-label={closeLabel} onClick={onClose}>
          <X />
        </IconButton>
      </div>
      {children}
    </aside>
  )
}

/** The text of an empty panel. */
export function PanelEmpty({ role, children }: { role?: 'alert'; children: ReactNode }) {
  return (
    <p className={styles.empty} role={role}>
      {children}
    </p>
  )
}
