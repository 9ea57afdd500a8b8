import type { MessageDescriptor } from '@lingui/core'
import type { CreatedRoom } from '@levee/control-plane/contract'
import { useEffect, useRef } from 'react'
import { formatDate } from '../i18n/format.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import { CheckIcon, CopyIcon, ShieldIcon } from '../ui/icons.tsx'
import { useCopy } from '../ui/use-copy.ts'
import { text } from './messages.ts'
import styles from './links.module.css'

type Props = { created: CreatedRoom; onAnother: () => void }

/** The two links of a new meeting, kept well apart: one is for everyone, the other is a key. */
export function Links({ created, onAnother }: Props) {
  const t = useTranslate()
  const heading = useRef<HTMLHeadingElement>(null)
  // The page content was replaced: move the focus, so that a screen reader announces it.
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className={styles.links}>
      <div>
        <p className="eyebrow">{t(text.ready)}</p>
        <h1 ref={heading} tabIndex={-1}>
          {created.title || t(text.untitled)}
        </h1>
        <p className="hint">{t(text.expires(formatDate(created.expiresAt)))}</p>
      </div>
      <LinkCard id="join-link" words={JOIN_LINK} url={created.joinUrl} />
      <LinkCard id="host-link" words={HOST_LINK} url={created.hostUrl} secret />
      <div className="row">
        <a className="button primary large" href={created.hostUrl}>
          {t(text.openAsHost)}
        </a>
        <button type="button" className="button quiet large" onClick={onAnother}>
          {t(text.startAnother)}
        </button>
      </div>
    </div>
  )
}

type LinkTexts = Record<'title' | 'purpose' | 'copy' | 'copied', MessageDescriptor>

const JOIN_LINK: LinkTexts = {
  title: text.joinLink,
  purpose: text.joinLinkFor,
  copy: text.copyJoinLink,
  copied: text.joinLinkCopied,
}
const HOST_LINK: LinkTexts = {
  title: text.hostLink,
  purpose: text.hostLinkFor,
  copy: text.copyHostLink,
  copied: text.hostLinkCopied,
}

type CardProps = { id: string; words: LinkTexts; url: string; secret?: boolean }

function LinkCard({ id, words, url, secret = false }: CardProps) {
  const t = useTranslate()
  const { copied, copy } = useCopy()
  return (
    <section className={`card ${styles.card}`} data-secret={secret} aria-labelledby={`${id}-title`}>
      <div>
        <h2 id={`${id}-title`}>
          {secret && <ShieldIcon />}
          {t(words.title)}
        </h2>
        <p className="hint">{t(words.purpose)}</p>
      </div>
      <div className={styles.line}>
        <input
          id={id}
          className="input mono"
          type="text"
          readOnly
          aria-label={t(words.title)}
          value={url}
          onFocus={(event) => event.target.select()}
        />
        {/* The visible word is the beginning of the name, so that a voice command finds the button. */}
        <button type="button" className="button" aria-label={t(words.copy)} onClick={() => void copy(url)}>
          {copied ? <CheckIcon /> : <CopyIcon />}
          {t(copied ? text.copied : text.copy)}
        </button>
      </div>
      <span className="visually-hidden" role="status">
        {copied && t(words.copied)}
      </span>
    </section>
  )
}
