import { useCallback, useEffect, useRef } from 'react'
import { MEASURE_DEADLINE_MS } from '../tuning.ts'
import { whenIdle } from '../ui/when-idle.ts'
import { measureSites, nearestSite, type Measured, type Probe, type ProbedSite } from './round-trips.ts'

/** Any answer counts and none is read, so the site does not have to allow this origin. */
const probe: Probe = (url, signal) =>
  fetch(url, {
    mode: 'no-cors',
    cache: 'no-store',
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal,
  })

/**
 * Measures while the person types and the page has nothing else to fetch (`quiet`). The result is read at the click
 * on Join and never waited for, so it is not React state and causes no render.
 */
export function useRoundTrips(sites: readonly ProbedSite[] | undefined, quiet: boolean): () => Measured {
  const times = useRef(new Map<string, number>())
  useEffect(() => {
    if (!sites || sites.length === 0 || !quiet) return undefined
    const over = new AbortController()
    const found = new Map<string, number>()
    times.current = found
    const cancel = whenIdle(() => {
      const deadline = AbortSignal.any([over.signal, AbortSignal.timeout(MEASURE_DEADLINE_MS)])
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
