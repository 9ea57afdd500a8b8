import type { MessageDescriptor } from '@lingui/core'
import type { CreatedRoom } from '@levee/control-plane/contract'
import { Check, Copy, Shield } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { formatDate } from '../i18n/format.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import { Button, ButtonLink } from '../ui/elements/Button.tsx'
import cardStyles from '../ui/elements/card.module.css'
import { Input } from '../ui/elements/Field.tsx'
import { classNames } from '../ui/class-names.ts'
import textStyles from '../ui/text.module.css'
import { useCopy } from '../ui/use-copy.ts'
import { text } from './messages.ts'
import styles from './links.module.css'

type Props = { created: CreatedRoom; onAnother: () => void }

/** The two links of a new meeting, clearly separated: one is for everyone, the other gives the rights of a host. */
export function Links({ created, onAnother }: Props) {
  const t = useTranslate()
  const heading = useRef<HTMLHeadingElement>(null)
  // The page content was replaced: move the focus, so that a screen reader announces it.
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className={styles.links}>
      <div>
        <p className={textStyles.eyebrow}>{t(text.ready)}</p>
        <h1 ref={heading} tabIndex={-1}>
          {created.title || t(text.untitled)}
        </h1>
        <p className={textStyles.hint}>{t(text.expires(formatDate(created.expiresAt)))}</p>
      </div>
      <LinkCard id="join-link" texts={JOIN_LINK} url={created.joinUrl} />
      <LinkCard id="host-link" texts={HOST_LINK} url={created.hostUrl} secret />
      <div className={styles.choices}>
        <ButtonLink look="primary" size="large" href={created.hostUrl}>
          {t(text.openAsHost)}
        </ButtonLink>
        <Button look="quiet" size="large" onClick={onAnother}>
          {t(text.startAnother)}
        </Button>
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

type CardProps = { id: string; texts: LinkTexts; url: string; secret?: boolean }

function LinkCard({ id, texts, url, secret = false }: CardProps) {
  const t = useTranslate()
  const { copied, copy } = useCopy()
  return (
    <section className={classNames(cardStyles.card, styles.card)} aria-labelledby={`${id}-title`}>
      <div>
        <h2 id={`${id}-title`}>
          {secret && <Shield />}
          {t(texts.title)}
        </h2>
        <p className={textStyles.hint}>{t(texts.purpose)}</p>
      </div>
      <div className={styles.line}>
        <Input
          id={id}
          className={textStyles.mono}
          type="text"
          readOnly
          aria-label={t(texts.title)}
          value={url}
          onFocus={(event) => event.target.select()}
        />
        {/* The name begins with the visible text, so that a voice command finds the button. */}
        <Button aria-label={copied ? undefined : t(texts.copy)} onClick={() => void copy(url)}>
          {copied ? <Check /> : <Copy />}
          {t(copied ? text.copied : text.copy)}
        </Button>
      </div>
      <span className={textStyles.visuallyHidden} role="status">
        {copied && t(texts.copied)}
      </span>
    </section>
  )
}
