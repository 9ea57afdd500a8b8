import { useCallback, useEffect, useRef } from 'react'
import { whenIdle } from '../join/when-idle.ts'
import { measureSites, nearestSite, type Measured, type Probe, type ProbedSite } from './round-trips.ts'

/** Whoever has not answered three times by then is no place to meet. */
const DEADLINE_MS = 2_000

/** Any answer counts, and nothing of it is read: the site need not know this page. */
const probe: Probe = (url, signal) =>
  fetch(url, {
    mode: 'no-cors',
    cache: 'no-store',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal,
  })

/**
 * Measures while the person types and the page has nothing else to fetch (`quiet`). What it found is read at the
 * click on Join and never waited for, so it is no state: nothing is drawn anew for it.
 */
export function useSiteTimes(sites: readonly ProbedSite[] | undefined, quiet: boolean): () => Measured {
  const times = useRef(new Map<string, number>())
  useEffect(() => {
    if (!sites || sites.length === 0 || !quiet) return undefined
    const over = new AbortController()
    const found = new Map<string, number>()
    times.current = found
    const cancel = whenIdle(() => {
      const deadline = AbortSignal.any([over.signal, AbortSignal.timeout(DEADLINE_MS)])
      void measureSites(sites, found, { probe, nowMs: () => performance.now(), over: deadline })
    })
    return () => {
      cancel()
      over.abort()
    }
  }, [sites, quiet])
  return useCallback(
    () => ({ times: new Map(times.current), nearest: nearestSite(sites ?? [], times.current) }),
    [sites],
  )
}
