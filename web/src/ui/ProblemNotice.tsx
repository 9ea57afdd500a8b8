import { useEffect, useEffectEvent, useState, type ReactNode } from 'react'
import { refusalWords } from '../api/problem-messages.ts'
import type { ShownRefusal } from '../api/shown-problem.ts'

const RETRY_SEC = 5

type Props = { refusal: ShownRefusal; onRetry?: (() => void) | undefined; action?: ReactNode }

/** One refusal in words. Where waiting helps it counts down and tries again by itself. */
export function RefusalNotice({ refusal, onRetry, action }: Props) {
  const words = refusalWords(refusal.code)
  const waits = words.retry === 'auto' && onRetry !== undefined
  return (
    <div className={waits ? 'notice warn' : 'notice bad'} role="alert" data-refusal={refusal.code}>
      <strong>{words.what}</strong>
      <p>{words.todo}</p>
      {refusal.node !== undefined && (
        <p className="mono">{`${refusal.node.node} (${refusal.node.site}) · ${refusal.node.serverUrl}`}</p>
      )}
      {refusal.requestId !== undefined && !waits && <p className="mono">Reference {refusal.requestId}</p>}
      <div className="actions">
        {waits && <Countdown refusal={refusal} onZero={onRetry} />}
        {words.retry === 'ask' && onRetry && (
          <button type="button" className="button small" onClick={onRetry}>
            Try again
          </button>
        )}
        {action}
      </div>
    </div>
  )
}

/** Counts down anew for each refusal object: the same answer twice is two waits. */
function Countdown({ refusal, onZero }: { refusal: ShownRefusal; onZero: () => void }) {
  const [leftSec, setLeftSec] = useState(refusal.retryAfterSec ?? RETRY_SEC)
  const fire = useEffectEvent(onZero)
  useEffect(() => {
    // Jitter: people who were refused together must not come back together.
    const waitMs = (refusal.retryAfterSec ?? RETRY_SEC) * 1000 * (1 + Math.random() * 0.4)
    const endMs = performance.now() + waitMs
    const tick = () => {
      const left = Math.max(0, Math.ceil((endMs - performance.now()) / 1000))
      setLeftSec(left)
      if (left > 0) return
      clearInterval(timer)
      fire()
    }
    const timer = setInterval(tick, 250)
    tick()
    return () => clearInterval(timer)
  }, [refusal])
  return (
    <>
      <span className="countdown" aria-live="off">
        {leftSec > 0 ? `Next try in ${leftSec} s` : 'Trying …'}
      </span>
      <button type="button" className="button small" onClick={onZero}>
        Try now
      </button>
    </>
  )
}
