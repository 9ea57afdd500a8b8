import { IDLE_LATEST_MS, IDLE_WITHOUT_CALLBACK_MS } from '../tuning.ts'

/** Does `work` when the browser is idle. Returns a function that cancels it. */
export function whenIdle(work: () => void): () => void {
  if ('requestIdleCallback' in window) {
    const handle = requestIdleCallback(work, { timeout: IDLE_LATEST_MS })
    return () => cancelIdleCallback(handle)
  }
  const handle = setTimeout(work, IDLE_WITHOUT_CALLBACK_MS)
  return () => clearTimeout(handle)
}
