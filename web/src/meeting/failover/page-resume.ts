/** Calls `resumed` when the page comes back after being asleep or offline: no message could reach it in between. */
export function onPageResume(resumed: () => void): () => void {
  const onVisible = () => {
    if (document.visibilityState === 'visible') resumed()
  }
  document.addEventListener('visibilitychange', onVisible)
  // After a freeze; only Chromium has this event.
  document.addEventListener('resume', resumed)
  addEventListener('online', resumed)
  addEventListener('pageshow', onPageShow)
  function onPageShow(event: PageTransitionEvent) {
    if (event.persisted) resumed()
  }
  return () => {
    document.removeEventListener('visibilitychange', onVisible)
    document.removeEventListener('resume', resumed)
    removeEventListener('online', resumed)
    removeEventListener('pageshow', onPageShow)
  }
}
