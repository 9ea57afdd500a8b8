import type { FleetStore } from '../domain/placement.ts'
import type { SiteBook } from './site-book.ts'

/**
 * Keeps the book and sweeps the sites, until stopped. Every replica does; the store lets one sweep in sweepMs through.
 * `failed` is told of a store that is away or a fault; the next turn tries again.
 */
export function startKeeping(options: {
  store: Pick<FleetStore, 'sweepSite'>
  book: SiteBook
  everyMs: number
  swept: (site: string, found: { weeded: number; dead: number; mendedTracks: number }) => void
  failed: (error: unknown) => void
}): { stop(): void } {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const turn = async () => {
    try {
      await options.book.refresh()
      for (const { site } of options.book.sites()) {
        const found = await options.store.sweepSite(site)
        if (found !== 'idle') options.swept(site, found)
      }
    } catch (error) {
      options.failed(error)
    }
    // Replicas must not fall into step.
    if (!stopped) timer = setTimeout(() => void turn(), options.everyMs * (0.8 + 0.4 * Math.random()))
  }
  void turn()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
