// The meter of a page, independent of the product's own code. It only records; ../gaps.ts computes gaps from it.
import type { Recording } from '../recording.ts'

declare global {
  interface Window {
    levee_meter: { read: (sinceMs: number) => Promise<Recording> }
  }
}

/** Runs in the page after the meters for pictures and sounds, before the page's own scripts. */
export function installMeter(): void {
  const SEARCH_MS = 100
  const search = () => {
    window.levee_pictures.search()
    window.levee_sounds.search()
  }
  new MutationObserver(search).observe(document, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['data-identity'],
  })
  setInterval(search, SEARCH_MS)
  window.levee_meter = {
    async read(sinceMs) {
      search()
      const loud = await window.levee_sounds.loud(sinceMs)
      const atMs = performance.timeOrigin + performance.now()
      return {
        atMs,
        frames: window.levee_pictures.frames(sinceMs),
        loud,
        audible: window.levee_sounds.audible(sinceMs, atMs),
      }
    },
  }
}
