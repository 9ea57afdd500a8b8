import { useEffect, useEffectEvent, useState, type ReactNode } from 'react'
import { problemMessages } from '../api/problem-messages.ts'
import type { ShownProblem } from '../api/shown-problem.ts'
import { formatUnit } from '../i18n/format.ts'
import { useTranslate } from '../i18n/use-translate.ts'
import { RETRY_JITTER, RETRY_SEC, COUNTDOWN_UPDATE_MS } from '../tuning.ts'
import { Button } from './elements/Button.tsx'
import { Notice } from './elements/Notice.tsx'
import noticeStyles from './elements/notice.module.css'
import { text } from './messages.ts'
import { ProblemDetails } from './ProblemDetails.tsx'

type Props = { problem: ShownProblem; onRetry?: (() => void) | undefined; action?: ReactNode }

/** A problem in words. Where waiting helps, it counts down and tries again by itself. */
export function ProblemNotice({ problem, onRetry, action }: Props) {
  const t = useTranslate()
  const { title, advice, retry } = problemMessages(problem.code)
  const waits = retry === 'auto' && onRetry !== undefined
  return (
    <Notice
      tone={waits ? 'warn' : 'bad'}
      role="alert"
      data-problem={problem.code}
      heading={t(title)}
      actions={
        <>
          {waits && <Countdown problem={problem} onZero={onRetry} />}
          {retry === 'ask' && onRetry && (
            <Button size="small" onClick={onRetry}>
              {t(text.tryAgain)}
            </Button>
          )}
          {action}
        </>
      }
    >
      <p>{t(advice)}</p>
      {!waits && <ProblemDetails problem={problem} />}
    </Notice>
  )
}

/** Starts again for each problem object, even if the same problem comes twice. */
function Countdown({ problem, onZero }: { problem: ShownProblem; onZero: () => void }) {
  const t = useTranslate()
  const [leftSec, setLeftSec] = useState(problem.retryAfterSec ?? RETRY_SEC)
  const fire = useEffectEvent(onZero)
  useEffect(() => {
    const waitMs = (problem.retryAfterSec ?? RETRY_SEC) * 1000 * (1 + Math.random() * RETRY_JITTER)
    const endMs = performance.now() + waitMs
    const update = () => {
      const left = Math.max(0, Math.ceil((endMs - performance.now()) / 1000))
      setLeftSec(left)
      if (left > 0) return
      clearInterval(timer)
      fire()
    }
    const timer = setInterval(update, COUNTDOWN_UPDATE_MS)
    update()
    return () => clearInterval(timer)
  }, [problem])
  return (
    <>
      <span className={noticeStyles.countdown} aria-live="off">
        {t(leftSec > 0 ? text.tryingAgainIn(formatUnit(leftSec, 'second')) : text.tryingAgain)}
      </span>
      <Button size="small" onClick={onZero}>
        {t(text.tryNow)}
      </Button>
    </>
  )
}
