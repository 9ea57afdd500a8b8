import { useEffect, useEffectEvent, useRef, type ReactNode } from 'react'
import { CloseIcon } from './icons.tsx'

type Props = { title: string; onClose: () => void; children: ReactNode }

/** Beside the stage on a desktop, over it on a phone. Escape closes it and the focus goes back. */
export function Panel({ title, onClose, children }: Props) {
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
    <aside ref={panel} className="panel" aria-label={title}>
      <div className="panel-head">
        <h2>{title}</h2>
        <button
          type="button"
          className="icon-button"
          aria-label={`Close ${title.toLowerCase()}`}
          onClick={onClose}
        >
          <CloseIcon />
        </button>
      </div>
      {children}
    </aside>
  )
}
