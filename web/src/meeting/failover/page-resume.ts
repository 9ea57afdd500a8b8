/** The page was asleep or offline and is back: nobody could tell it anything meanwhile. */
export function onPageResume(back: () => void): () => void {
  const onVisible = () => {
    if (document.visibilityState === 'visible') back()
  }
  document.addEventListener('visibilitychange', onVisible)
  // After a freeze; Chromium alone has it.
  document.addEventListener('resume', back)
  addEventListener('online', back)
  addEventListener('pageshow', onPageShow)
  function onPageShow(event: PageTransitionEvent) {
    if (event.persisted) back()
  }
  return () => {
    document.removeEventListener('visibilitychange', onVisible)
    document.removeEventListener('resume', back)
    removeEventListener('online', back)
    removeEventListener('pageshow', onPageShow)
  }
}
