/** Does `work` when the page has nothing better to do, at the latest in two seconds. Gives a way to call it off. */
export function whenIdle(work: () => void): () => void {
  if ('requestIdleCallback' in window) {
    const handle = requestIdleCallback(work, { timeout: 2_000 })
    return () => cancelIdleCallback(handle)
  }
  const handle = setTimeout(work, 500)
  return () => clearTimeout(handle)
}
