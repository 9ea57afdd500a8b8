import { useEffect, useRef } from 'react'
import { useTranslate } from '../i18n/use-translate.ts'
import type { EndReason } from '../meeting/connections/connection-status.ts'
import { Button, ButtonLink } from '../ui/elements/Button.tsx'
import { CenteredMain, Choices, Page, PageHead } from '../ui/page/Page.tsx'
import { ENDED } from './ended-messages.ts'
import { text } from './messages.ts'

/** Shown after a meeting: what happened, and a way to return. */
export function MeetingEnded({ over, onBack }: { over: EndReason; onBack: () => void }) {
  const t = useTranslate()
  const { title, more, canJoinAgain } = ENDED[over]
  const heading = useRef<HTMLHeadingElement>(null)
  // The focused element is gone, so keyboard and screen reader continue here.
  useEffect(() => heading.current?.focus(), [])
  return (
    <Page>
      <PageHead />
      <CenteredMain data-over={over}>
        <h1 ref={heading} tabIndex={-1}>
          {t(title)}
        </h1>
        <p>{t(more)}</p>
        <Choices>
          {canJoinAgain && (
            <Button look="primary" onClick={onBack}>
              {t(text.joinAgain)}
            </Button>
          )}
          <ButtonLink look={canJoinAgain ? undefined : 'primary'} href="/">
            {t(text.startPage)}
          </ButtonLink>
        </Choices>
      </CenteredMain>
    </Page>
  )
}
