import { useEffect, useState } from 'react'
import { useTranslate } from '../../i18n/use-translate.ts'
import { STALE_AFTER_MS } from '../tuning.ts'
import type { FleetState } from './fleet-state.ts'
import { formatAge } from './format-time.ts'
import { text } from './messages.ts'
import styles from './freshness.module.css'

/** Says whether the numbers on the page are current. */
export function Freshness({ state: { receivedAtMs } }: { state: Pick<FleetState, 'receivedAtMs'> }) {
  const t = useTranslate()
  const [nowMs, setNowMs] = useState(() => performance.now())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  const ageMs = Math.max(0, nowMs - (receivedAtMs ?? nowMs))
  const stale = ageMs > STALE_AFTER_MS
  return (
    <div className={styles.freshness} data-stale={stale}>
      <span className={styles.dot} aria-hidden="true" />
      <p>
        {/* The age is not part of the alert, which would otherwise be read out each second. */}
        <span role={stale ? 'alert' : undefined}>{t(stale ? text.notLive : text.live)}</span>
        {stale && ` ${t(text.lastUpdate(formatAge(Math.round(ageMs / 1_000) * 1_000)))}`}
      </p>
    </div>
  )
}
