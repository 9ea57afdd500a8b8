import { useEffect, useRef } from 'react'
import { Brand } from '../ui/Page.tsx'
import type { EndReason } from '../meeting/connections/connection-status.ts'

const WORDS: Record<EndReason, { what: string; more: string; back: boolean }> = {
  left: {
    what: 'You left the meeting',
    more: 'It goes on without you. You can come back at any time.',
    back: true,
  },
  removed: {
    what: 'A host removed you from the meeting',
    more: 'If this was a mistake, ask the host.',
    back: true,
  },
  ended: { what: 'The meeting has ended', more: 'Its link does not work any more.', back: false },
  elsewhere: {
    what: 'You joined from another window',
    more: 'The meeting goes on there. To have it here, join again.',
    back: true,
  },
  lost: {
    what: 'Your place in the meeting was lost',
    more: 'You were away too long, or the service was restarted. Join again by the link.',
    back: true,
  },
}

export function Farewell({ over, onBack }: { over: EndReason; onBack: () => void }) {
  const { what, more, back } = WORDS[over]
  const heading = useRef<HTMLHeadingElement>(null)
  // The meeting went from under the keyboard and the screen reader: both start again here.
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className="page">
      <header className="page-head">
        <Brand />
      </header>
      <main className="centre" data-over={over}>
        <h1 ref={heading} tabIndex={-1}>
          {what}
        </h1>
        <p>{more}</p>
        <div className="row">
          {back && (
            <button type="button" className="button primary" onClick={onBack}>
              Join again
            </button>
          )}
          <a className={back ? 'button' : 'button primary'} href="/">
            Start page
          </a>
        </div>
      </main>
    </div>
  )
}
