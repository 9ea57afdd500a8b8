/** Where meetings can run, likeliest first. */
export type ProbedSite = { site: string; probeUrl: string }

/** Round trips in milliseconds by site. A site that did not answer is not in it. */
export type SiteTimes = ReadonlyMap<string, number>

/** One request to an address; resolves at the first byte of any answer, rejects when there is none. */
export type Probe = (url: string, signal: AbortSignal) => Promise<unknown>

/** What a measurement has found by now. */
export type Measured = { times: SiteTimes; nearest: string | undefined }
export const NOTHING_MEASURED: Measured = { times: new Map(), nearest: undefined }

type Tools = { probe: Probe; nowMs: () => number; over: AbortSignal }

/** DNS, TCP and TLS are paid for by the first request; what comes after it is a round trip. */
const COUNTED = 2
/** Sites that differ by less are equally far: the rest is chance. */
export const NOISE_MS = 5

/**
 * Fills `times` while it measures, so that whoever cannot wait takes what is known. All sites at once, one request
 * after the other at each: two at a time would queue behind each other. Resolves when all are done or it is `over`.
 */
export async function measureSites(
  sites: readonly ProbedSite[],
  times: Map<string, number>,
  { probe, nowMs, over }: Tools,
): Promise<void> {
  const measure = async ({ site, probeUrl }: ProbedSite) => {
    await probe(probeUrl, over)
    for (let i = 0; i < COUNTED; i++) {
      if (over.aborted) return
      const sentMs = nowMs()
      await probe(probeUrl, over)
      if (over.aborted) return
      // The least of them: whatever came on top was a queue or a busy page, not the way.
      times.set(site, Math.min(nowMs() - sentMs, times.get(site) ?? Infinity))
    }
  }
  await Promise.allSettled(sites.map(measure))
}

/** The nearest by measurement; undefined while nothing is known. `sites` is likeliest first. */
export function nearestSite(sites: readonly ProbedSite[], times: SiteTimes): string | undefined {
  const known = sites.flatMap(({ site }) => {
    const ms = times.get(site)
    return ms === undefined ? [] : [{ site, ms }]
  })
  const [first] = known
  if (!first) return undefined
  const best = known.reduce((least, next) => (next.ms < least.ms ? next : least))
  return first.ms - best.ms < NOISE_MS ? first.site : best.site
}
