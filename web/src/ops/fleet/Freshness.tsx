import { useEffect, useState } from 'react'
import { STALE_MS, type FleetPageView } from './fleet-store.ts'
import { age } from '../nodes/node-status-messages.ts'

/** Says in words whether these numbers are of now. */
export function Freshness({ view }: { view: FleetPageView }) {
  const [nowMs, setNowMs] = useState(() => performance.now())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  const ageMs = Math.max(0, nowMs - (view.seenAtMs ?? nowMs))
  const stale = ageMs > STALE_MS
  return (
    <div className={stale ? 'freshness stale' : 'freshness'} data-stale={stale}>
      <span className="pulse" aria-hidden="true" />
      <p>
        {/* The age stands outside: an alert that changes each second would be read out each second. */}
        <span role={stale ? 'alert' : undefined}>
          {stale ? 'Not live: the control plane does not answer.' : 'Live'}
        </span>
        {stale && ` These numbers are from ${age(ageMs)}.`}
      </p>
    </div>
  )
}
