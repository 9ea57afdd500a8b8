// How long pictures and sounds stood still, as the page itself saw it.
import type { Page } from 'playwright-core'

declare global {
  interface Window {
    levee_gaps?: { stop: () => Gaps }
  }
}

export interface Gap {
  /** Longest time without a new frame, or without sound, in ms. */
  longestMs: number
  /** When it ended, in ms since the watch began. */
  endedAtMs: number
}
export interface Gaps {
  picture: Gap
  /** Between two packets. Between the beeps of the fake device the sender rests, and sends one in 400 ms. */
  sound: Gap
  /** Epochs that were in front, in their order. */
  epochs: number[]
  /** How often two of this person's voices were open at once. */
  doubled: number
}

/** Starts to watch one person on this page. */
export function watchGaps(page: Page, name: string): Promise<void> {
  return page.evaluate((name) => {
    const tile = document.querySelector<HTMLElement>(`[data-testid=tile][aria-label="${name}"]`)
    const identity = tile?.dataset['identity'] ?? ''
    const began = performance.now()
    const fresh = () => ({ last: began, longestMs: 0, endedAtMs: 0 })
    const picture = fresh()
    const sound = fresh()
    const epochs: number[] = []
    const beat = (gap: ReturnType<typeof fresh>, now: number) => {
      if (now - gap.last > gap.longestMs)
        Object.assign(gap, { longestMs: now - gap.last, endedAtMs: now - began })
      gap.last = now
    }
    const watched = new WeakSet<HTMLVideoElement>()
    const stamps = new Map<string, number>()
    let over = false
    const find = <E extends HTMLElement>(kind: string) =>
      [...document.querySelectorAll<E>(kind)].filter(({ dataset }) => dataset['identity'] === identity)
    const follow = (video: HTMLVideoElement) => {
      watched.add(video)
      const next = () => {
        if (over || !video.isConnected) return
        if (video.dataset['front'] === 'true') {
          beat(picture, performance.now())
          const epoch = Number(video.dataset['epoch'])
          if (epochs.at(-1) !== epoch) epochs.push(epoch)
        }
        video.requestVideoFrameCallback(next)
      }
      video.requestVideoFrameCallback(next)
    }
    // Looked at with each switch: two voices may be open for a fraction of a millisecond.
    let doubled = 0
    const isOpen = ({ muted, paused, volume, dataset }: HTMLAudioElement) =>
      !muted && !paused && volume > 0 && dataset['source'] === 'microphone'
    const switches = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'muted')
    if (!switches) throw new Error('no such switch')
    Object.defineProperty(HTMLMediaElement.prototype, 'muted', {
      ...switches,
      set(this: HTMLMediaElement, value: boolean) {
        switches.set?.call(this, value)
        if (find<HTMLAudioElement>('audio').filter(isOpen).length > 1) doubled++
      },
    })
    const receiverOf = (track: MediaStreamTrack | undefined) =>
      window.levee_peers
        .filter(({ connectionState }) => connectionState !== 'closed')
        .flatMap((peer) => peer.getReceivers())
        .find((receiver) => receiver.track.id === track?.id)
    const timer = setInterval(() => {
      for (const video of find<HTMLVideoElement>('video')) if (!watched.has(video)) follow(video)
      const open = find<HTMLAudioElement>('audio').filter(({ muted, paused }) => !muted && !paused)
      for (const { srcObject } of open) {
        const [track] = srcObject instanceof MediaStream ? srcObject.getAudioTracks() : []
        const stamp = Math.max(
          0,
          ...(receiverOf(track)?.getSynchronizationSources() ?? []).map(({ timestamp }) => timestamp),
        )
        if (track && stamp > 0 && stamps.get(track.id) !== stamp) {
          stamps.set(track.id, stamp)
          beat(sound, performance.now())
        }
      }
    }, 10)
    window.levee_gaps = {
      stop: () => {
        over = true
        clearInterval(timer)
        Object.defineProperty(HTMLMediaElement.prototype, 'muted', switches)
        for (const gap of [picture, sound]) beat(gap, performance.now())
        return { picture, sound, epochs, doubled }
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
