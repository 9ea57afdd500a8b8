import { COUNTED_REQUESTS, SAME_DISTANCE_MS } from '../tuning.ts'

/** A place where meetings can run, with the address to measure. Lists have the likeliest first. */
export type ProbedSite = { site: string; probeUrl: string }

/** Round trips in milliseconds by site. A site that did not answer is not in it. */
export type RoundTrips = ReadonlyMap<string, number>

/** One request to an address; resolves at the first byte of any answer, rejects when there is none. */
export type Probe = (url: string, signal: AbortSignal) => Promise<unknown>

/** What a measurement has found so far. */
export type Measured = { times: RoundTrips; nearest: string | undefined }
export const NOTHING_MEASURED: Measured = { times: new Map(), nearest: undefined }

type Tools = { probe: Probe; nowMs: () => number; over: AbortSignal }

/**
 * Fills `times` while it measures, so that a caller that cannot wait can use the results so far. All sites at once, one
 * request after the other at each, because two at a time would queue behind each other. Resolves when all are done
 * or `over` aborts.
 */
export async function measureSites(
  sites: readonly ProbedSite[],
  times: Map<string, number>,
  { probe, nowMs, over }: Tools,
): Promise<void> {
  const measure = async ({ site, probeUrl }: ProbedSite) => {
    await probe(probeUrl, over)
    for (let i = 0; i < COUNTED_REQUESTS; i++) {
      if (over.aborted) return
      const sentMs = nowMs()
      await probe(probeUrl, over)
      if (over.aborted) return
      // The shortest one counts: longer ones were due to a queue or a busy page, not to the distance.
      times.set(site, Math.min(nowMs() - sentMs, times.get(site) ?? Infinity))
    }
  }
  await Promise.allSettled(sites.map(measure))
}

/** The nearest by measurement; undefined while nothing is known. `sites` is likeliest first. */
export function nearestSite(sites: readonly ProbedSite[], times: RoundTrips): string | undefined {
  const known = sites.flatMap(({ site }) => {
    const ms = times.get(site)
    return ms === undefined ? [] : [{ site, ms }]
  })
  const [first] = known
  if (!first) return undefined
  const best = known.reduce((least, next) => (next.ms < least.ms ? next : least))
  return first.ms - best.ms < SAME_DISTANCE_MS ? first.site : best.site
}
