// The meter in the page, independent of the product’s own code: which new frame was shown when, and which sound was
// heard when. It only records; gaps are worked out in ../gaps.ts.
import type { Span } from './gaps.ts'

/** An audio element that played this track with its volume up; `toMs` of one that still does is the time of reading. */
export interface OpenSpan extends Span {
  identity: string
  track: string
}

/** All times in milliseconds since 1970. */
export interface Reading {
  atMs: number
  /** Times of shown frames by `identity/source`. */
  frames: Record<string, number[]>
  /** Loud spans by track, whether or not an element lets them out. */
  loud: Record<string, Span[]>
  open: OpenSpan[]
}

declare global {
  interface Window {
    levee_meter: { read: (sinceMs: number) => Promise<Reading> }
  }
}

/** Runs in the page before its own scripts. */
export function installMeter(workletSource: string): void {
  const nowMs = () => performance.timeOrigin + performance.now()

  // --- pictures ---
  const frames: Record<string, number[]> = {}
  const watched = new WeakSet<Element>()

  function placeOf(element: HTMLElement): string | undefined {
    const { identity, source } = element.closest<HTMLElement>('[data-identity]')?.dataset ?? {}
    return identity && `${identity}/${element.dataset['source'] ?? source ?? 'camera'}`
  }

  /** Of pictures that lie on each other only the one in front is seen. */
  const isSeen = (video: HTMLVideoElement) =>
    video.dataset['front'] !== 'false' &&
    video.checkVisibility({ opacityProperty: true, visibilityProperty: true })

  /** When the last frame came of those that were not in front then. */
  const behind = new Map<HTMLVideoElement, number>()

  function note(video: HTMLVideoElement, ms: number): void {
    const place = placeOf(video)
    if (place) (frames[place] ??= []).push(ms)
  }

  function watchVideo(video: HTMLVideoElement): void {
    if (watched.has(video)) return
    watched.add(video)
    let lastRtp: number | undefined
    const onFrame = (_: number, { rtpTimestamp, presentationTime }: VideoFrameCallbackMetadata) => {
      video.requestVideoFrameCallback(onFrame)
      // Our own picture has none, and a track that ends shows its last frame once more.
      if (rtpTimestamp === undefined || rtpTimestamp === lastRtp) return
      lastRtp = rtpTimestamp
      const shownMs = performance.timeOrigin + presentationTime
      behind.delete(video)
      if (isSeen(video)) note(video, shownMs)
      else behind.set(video, shownMs)
    }
    video.requestVideoFrameCallback(onFrame)
  }

  /** Longer ago, and what comes to the front is no new picture. */
  const NEW_MS = 100

  /** A frame that came behind is seen from the paint after its picture came to the front. */
  function lookInFront(): void {
    for (const [video, cameMs] of behind) {
      if (video.isConnected && !isSeen(video)) continue
      behind.delete(video)
      if (video.isConnected && nowMs() - cameMs < NEW_MS) requestAnimationFrame(() => note(video, nowMs()))
    }
  }

  // --- sound ---
  interface Tap {
    node: AudioWorkletNode
    source: MediaStreamAudioSourceNode
  }
  let context: AudioContext | undefined
  let ready: Promise<AudioContext> | undefined
  const taps = new Map<string, Promise<Tap>>()
  /** Of tracks that have ended. */
  const kept: Record<string, Span[]> = {}
  const opened = new Map<HTMLAudioElement, { identity: string; track: string; fromMs: number }>()
  const closed: OpenSpan[] = []
  const audios = new Set<HTMLAudioElement>()

  async function prepare(): Promise<AudioContext> {
    context = new AudioContext({ latencyHint: 'interactive' })
    const url = URL.createObjectURL(new Blob([workletSource], { type: 'text/javascript' }))
    await context.audioWorklet.addModule(url)
    await context.resume()
    return context
  }

  async function tap(track: MediaStreamTrack): Promise<Tap> {
    const audio = await (ready ??= prepare())
    const source = audio.createMediaStreamSource(new MediaStream([track]))
    const node = new AudioWorkletNode(audio, 'loud-spans', { numberOfOutputs: 1, channelCount: 1 })
    source.connect(node).connect(audio.destination)
    return { node, source }
  }

  /** From the first moment of a track, so that the tap itself adds nothing to a gap. */
  function ensureTap(track: MediaStreamTrack): void {
    if (track.kind !== 'audio' || taps.has(track.id) || track.id in kept) return
    taps.set(track.id, tap(track))
    track.addEventListener('ended', () => void free(track.id))
  }

  /** Meters of tracks that are gone would keep burning CPU. */
  async function free(id: string): Promise<void> {
    const one = await taps.get(id)
    if (!one) return
    kept[id] = (await ask(one)).spans
    taps.delete(id)
    one.source.disconnect()
    tell(one, 'end')
    one.node.disconnect()
  }

  let asked = 0
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has none
  const tell = ({ node }: Tap, what: { ask: number } | 'end') => node.port.postMessage(what)

  function ask(one: Tap): Promise<{ spans: Span[] }> {
    const { node } = one
    const number = ++asked
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('the audio thread does not answer')), 5_000)
      const onAnswer = ({ data }: MessageEvent<{ answer: number; spans: Span[] }>) => {
        if (data.answer !== number) return
        clearTimeout(timer)
        node.port.removeEventListener('message', onAnswer)
        resolve(data)
      }
      node.port.addEventListener('message', onAnswer)
      node.port.start()
      tell(one, { ask: number })
    })
  }

  /** The track that a listener hears from this element now, if any. */
  function heardFrom(audio: HTMLAudioElement): { identity: string; track: string } | undefined {
    const { srcObject, paused, muted, volume, dataset } = audio
    const source = dataset['source'] ?? 'microphone'
    if (paused || muted || volume === 0 || source !== 'microphone') return undefined
    const track = srcObject instanceof MediaStream ? srcObject.getAudioTracks()[0] : undefined
    const identity = audio.closest<HTMLElement>('[data-identity]')?.dataset['identity']
    if (track) ensureTap(track)
    return track && identity && track.readyState === 'live' ? { identity, track: track.id } : undefined
  }

  function look(audio: HTMLAudioElement): void {
    audios.add(audio)
    const before = opened.get(audio)
    const heard = heardFrom(audio)
    if (before?.identity === heard?.identity && before?.track === heard?.track) return
    const at = nowMs()
    if (before) closed.push({ ...before, toMs: at })
    if (heard) opened.set(audio, { ...heard, fromMs: at })
    else opened.delete(audio)
  }

  // --- finding the elements ---
  function search(): void {
    for (const video of document.querySelectorAll('video')) watchVideo(video)
    for (const audio of document.querySelectorAll('audio')) look(audio)
    for (const audio of audios) look(audio)
  }

  for (const name of ['srcObject', 'muted', 'volume'] as const) {
    const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, name)
    Object.defineProperty(HTMLMediaElement.prototype, name, {
      ...property,
      set(this: HTMLMediaElement, value: unknown) {
        property?.set?.call(this, value)
        if (this instanceof HTMLAudioElement) look(this)
      },
    })
  }
  for (const name of ['play', 'playing', 'pause', 'emptied', 'volumechange'])
    document.addEventListener(name, ({ target }) => target instanceof HTMLAudioElement && look(target), true)
  new MutationObserver(search).observe(document, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ['data-identity'],
  })
  new MutationObserver(lookInFront).observe(document, {
    subtree: true,
    attributes: true,
    attributeFilter: ['class'],
  })
  setInterval(search, 100)

  const Peer = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Peer {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      this.addEventListener('track', ({ track }) => ensureTap(track))
    }
  }

  window.levee_meter = {
    async read(sinceMs) {
      search()
      const late = ({ toMs }: Span) => toMs >= sinceMs
      const loud: Reading['loud'] = {}
      const answers = [...taps].map(
        async ([id, one]) => (loud[id] = (await ask(await one)).spans.filter(late)),
      )
      await Promise.all(answers)
      for (const [id, spans] of Object.entries(kept)) loud[id] ??= spans.filter(late)
      const atMs = nowMs()
      return {
        atMs,
        frames: Object.fromEntries(
          Object.entries(frames).map(([place, times]) => [place, times.filter((ms) => ms >= sinceMs)]),
        ),
        loud,
        open: [...closed.filter(late), ...[...opened.values()].map((one) => ({ ...one, toMs: atMs }))],
      }
    },
  }
}
