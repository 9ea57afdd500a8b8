import { LOOP_JITTER } from '../../tuning/sites.ts'
import type { RestartStep, SitesStore } from '../../domain/site-records.ts'
import { freeBySite } from '../../domain/nearest-site.ts'
import { PLACEMENT } from '../../tuning/placement.ts'
import type { SiteBook } from './site-directory.ts'

/**
 * Keeps the book, sweeps the sites and takes the steps of ordered restarts, until stopped. Every replica does; the store
 * lets one sweep in sweepMs through, and takes each step once.
 * `failed` is told of a store that is away or a fault; the next turn tries again.
 */
export function startKeeping(options: {
  store: Pick<SitesStore, 'sweepSite' | 'stepRestart'>
  book: SiteBook
  everyMs: number
  swept: (site: string, found: { weeded: number; dead: number; mendedTracks: number }) => void
  stepped: (site: string, step: RestartStep) => void
  failed: (error: unknown) => void
}): { stop(): void } {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const step = async (site: string) => {
    const free = freeBySite(options.book.sites(), PLACEMENT)
    const taken = await options.store.stepRestart(site, free)
    if (taken !== 'idle') options.stepped(site, taken)
  }
  const turn = async () => {
    try {
      await options.book.refresh()
      for (const { site, restart } of options.book.sites()) {
        const found = await options.store.sweepSite(site)
        if (found !== 'idle') options.swept(site, found)
        if (restart && restart.state !== 'done') await step(site)
      }
    } catch (error) {
      options.failed(error)
    }
    // Replicas must not fall into step.
    if (!stopped)
      timer = setTimeout(
        () => void turn(),
        options.everyMs * (1 - LOOP_JITTER + 2 * LOOP_JITTER * Math.random()),
      )
  }
  void turn()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
