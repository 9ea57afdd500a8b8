// How long video and sound stood still, measured inside the page.
import type { Page } from 'playwright-core'

declare global {
  interface Window {
    levee_gaps?: { stop: () => Gaps }
  }
}

export interface Gap {
  /** Longest time without a new frame, or without a new sound packet, in ms. */
  longestMs: number
  /** When that gap ended, in ms since watchGaps. */
  endedAtMs: number
}
export interface Gaps {
  video: Gap
  /** Between two packets. Between the beeps of the fake microphone the sender sends only one packet in 400 ms. */
  sound: Gap
  /** Epochs whose video was shown, in order. */
  epochs: number[]
  /** How often two audio elements of this person were audible at once. */
  doubled: number
}

/** Starts to measure what this page plays of one person. */
export function watchGaps(page: Page, name: string): Promise<void> {
  return page.evaluate((name) => {
    const tile = document.querySelector<HTMLElement>(`[data-testid=tile][aria-label="${name}"]`)
    const identity = tile?.dataset['identity'] ?? ''
    const began = performance.now()
    const newGap = () => ({ last: began, longestMs: 0, endedAtMs: 0 })
    const video = newGap()
    const sound = newGap()
    const epochs: number[] = []
    const mark = (gap: ReturnType<typeof newGap>, now: number) => {
      if (now - gap.last > gap.longestMs)
        Object.assign(gap, { longestMs: now - gap.last, endedAtMs: now - began })
      gap.last = now
    }
    const watched = new WeakSet<HTMLVideoElement>()
    const stamps = new Map<string, number>()
    let stopped = false
    const find = <E extends HTMLElement>(kind: string) =>
      [...document.querySelectorAll<E>(kind)].filter(({ dataset }) => dataset['identity'] === identity)
    const follow = (element: HTMLVideoElement) => {
      watched.add(element)
      const next = () => {
        if (stopped || !element.isConnected) return
        if (element.dataset['front'] === 'true') {
          mark(video, performance.now())
          const epoch = Number(element.dataset['epoch'])
          if (epochs.at(-1) !== epoch) epochs.push(epoch)
        }
        element.requestVideoFrameCallback(next)
      }
      element.requestVideoFrameCallback(next)
    }
    // Checked with each change of `muted`, because two elements may be audible for a fraction of a millisecond only.
    let doubled = 0
    const isOpen = ({ muted, paused, volume, dataset }: HTMLAudioElement) =>
      !muted && !paused && volume > 0 && dataset['source'] === 'microphone'
    const muted = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'muted')
    if (!muted) throw new Error('no property muted')
    Object.defineProperty(HTMLMediaElement.prototype, 'muted', {
      ...muted,
      set(this: HTMLMediaElement, value: boolean) {
        muted.set?.call(this, value)
        if (find<HTMLAudioElement>('audio').filter(isOpen).length > 1) doubled++
      },
    })
    const receiverOf = (track: MediaStreamTrack | undefined) =>
      window.levee_peers
        .filter(({ connectionState }) => connectionState !== 'closed')
        .flatMap((peer) => peer.getReceivers())
        .find((receiver) => receiver.track.id === track?.id)
    const timer = setInterval(() => {
      for (const element of find<HTMLVideoElement>('video')) if (!watched.has(element)) follow(element)
      const open = find<HTMLAudioElement>('audio').filter(({ muted, paused }) => !muted && !paused)
      for (const { srcObject } of open) {
        const [track] = srcObject instanceof MediaStream ? srcObject.getAudioTracks() : []
        const stamp = Math.max(
          0,
          ...(receiverOf(track)?.getSynchronizationSources() ?? []).map(({ timestamp }) => timestamp),
        )
        if (track && stamp > 0 && stamps.get(track.id) !== stamp) {
          stamps.set(track.id, stamp)
          mark(sound, performance.now())
        }
      }
    }, 10)
    window.levee_gaps = {
      stop: () => {
        stopped = true
        clearInterval(timer)
        Object.defineProperty(HTMLMediaElement.prototype, 'muted', muted)
        for (const gap of [video, sound]) mark(gap, performance.now())
        return { video, sound, epochs, doubled }
      },
    }
  }, name)
}

export function readGaps(page: Page): Promise<Gaps> {
  return page.evaluate(() => {
    if (!window.levee_gaps) throw new Error('nothing was watched')
    return window.levee_gaps.stop()
  })
}
