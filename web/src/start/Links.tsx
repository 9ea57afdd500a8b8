import type { CreatedRoom } from '@levee/control-plane/contract'
import { useEffect, useRef } from 'react'
import { CheckIcon, CopyIcon, ShieldIcon } from '../ui/icons.tsx'
import { useCopy } from '../ui/use-copy.ts'

type Props = { created: CreatedRoom; onAnother: () => void }

/** The two links of a new meeting, kept well apart: one is for everybody, the other is a key. */
export function Links({ created, onAnother }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  // The page changed under the person: say so to whoever cannot see it.
  useEffect(() => heading.current?.focus(), [])
  const until = new Date(created.expiresAt).toLocaleDateString(undefined, { dateStyle: 'long' })
  return (
    <div className="links">
      <div>
        <p className="eyebrow">Ready</p>
        <h1 ref={heading} tabIndex={-1}>
          {created.title || 'Your meeting'}
        </h1>
        <p className="hint">The links work until {until}.</p>
      </div>
      <LinkCard id="join-link" title="Join link" words="For everybody you invite." url={created.joinUrl} />
      <LinkCard
        id="host-link"
        title="Host link"
        words="Only for you and other hosts: it can remove people and end the meeting."
        url={created.hostUrl}
        secret
      />
      <div className="row">
        <a className="button primary large" href={created.hostUrl}>
          Open as host
        </a>
        <button type="button" className="button quiet large" onClick={onAnother}>
          Start another
        </button>
      </div>
    </div>
  )
}

type CardProps = {
  id: string
  title: string
  words: string
  url: string
  secret?: boolean
}

function LinkCard({ id, title, words, url, secret = false }: CardProps) {
  const { copied, copy } = useCopy()
  return (
    <section className="card link-card" data-secret={secret} aria-labelledby={`${id}-title`}>
      <div>
        <h2 id={`${id}-title`}>
          {secret && <ShieldIcon />}
          {title}
        </h2>
        <p className="hint">{words}</p>
      </div>
      <div className="link-line">
        <input
          id={id}
          className="input mono"
          type="text"
          readOnly
          aria-label={title}
          value={url}
          onFocus={(event) => event.target.select()}
        />
        <button type="button" className="button" onClick={() => void copy(url)}>
          {copied ? <CheckIcon /> : <CopyIcon />}
          <span>
            {copied ? 'Copied' : 'Copy'}
            <span className="visually-hidden"> {title.toLowerCase()}</span>
          </span>
        </button>
      </div>
      <span className="visually-hidden" role="status">
        {copied ? `${title} copied.` : ''}
      </span>
    </section>
  )
}
