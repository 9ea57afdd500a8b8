// Records when the page shows a new frame of another participant.

export interface PictureMeter {
  /** Finds new video elements. */
  search: () => void
  /** Times of shown frames by `identity/source`. */
  frames: (sinceMs: number) => Record<string, number[]>
}

declare global {
  interface Window {
    levee_pictures: PictureMeter
  }
}

/** Runs in the page before its own scripts, so it uses nothing from outside this function. */
export function installPictureMeter(): void {
  /** A frame that is older than this when its picture comes to the front does not count as new. */
  const NEW_MS = 100
  const nowMs = () => performance.timeOrigin + performance.now()
  const frames: Record<string, number[]> = {}
  const watched = new WeakSet<Element>()
  /** When the last frame of a picture behind another one arrived. */
  const behind = new Map<HTMLVideoElement, number>()

  function sourceOf(element: HTMLElement): string | undefined {
    const { identity, source } = element.closest<HTMLElement>('[data-identity]')?.dataset ?? {}
    return identity && `${identity}/${element.dataset['source'] ?? source ?? 'camera'}`
  }

  /** If pictures are on top of each other, only the one in front is visible. */
  const isVisible = (video: HTMLVideoElement) =>
    video.dataset['front'] !== 'false' &&
    video.checkVisibility({ opacityProperty: true, visibilityProperty: true })

  function record(video: HTMLVideoElement, ms: number): void {
    const source = sourceOf(video)
    if (source) (frames[source] ??= []).push(ms)
  }

  function watch(video: HTMLVideoElement): void {
    if (watched.has(video)) return
    watched.add(video)
    let lastRtp: number | undefined
    const onFrame = (_: number, { rtpTimestamp, presentationTime }: VideoFrameCallbackMetadata) => {
      video.requestVideoFrameCallback(onFrame)
      // Our own picture has no RTP time stamp, and a track that ends shows its last frame once more.
      if (rtpTimestamp === undefined || rtpTimestamp === lastRtp) return
      lastRtp = rtpTimestamp
      const shownMs = performance.timeOrigin + presentationTime
      behind.delete(video)
      if (isVisible(video)) record(video, shownMs)
      else behind.set(video, shownMs)
    }
    video.requestVideoFrameCallback(onFrame)
  }

  /** A frame that arrived behind another picture is visible from the first paint after its picture came to the front. */
  function recordFront(): void {
    for (const [video, arrivedMs] of behind) {
      if (video.isConnected && !isVisible(video)) continue
      behind.delete(video)
      if (video.isConnected && nowMs() - arrivedMs < NEW_MS)
        requestAnimationFrame(() => record(video, nowMs()))
    }
  }

  new MutationObserver(recordFront).observe(document, {
    subtree: true,
    attributes: true,
    attributeFilter: ['data-front'],
  })

  window.levee_pictures = {
    search() {
      for (const video of document.querySelectorAll('video')) watch(video)
    },
    frames: (sinceMs) =>
      Object.fromEntries(
        Object.entries(frames).map(([source, times]) => [source, times.filter((ms) => ms >= sinceMs)]),
      ),
  }
}
