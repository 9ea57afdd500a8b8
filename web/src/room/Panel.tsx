import { useEffect, useRef, type ReactNode } from 'react'
import { CloseIcon } from '../ui/icons.tsx'

type Props = { title: string; onClose: () => void; children: ReactNode }

/** Beside the stage on a desktop, over it on a phone. Escape closes it and the focus goes back. */
export function Panel({ title, onClose, children }: Props) {
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    const opener = document.activeElement
    return () => {
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])
  return (
    <aside
      ref={panel}
      className="panel"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
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
