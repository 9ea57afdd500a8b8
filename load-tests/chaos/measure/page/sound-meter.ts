// Records when each audio track is loud, and when an element of the page plays it.
import type { AudibleSpan, Span } from '../recording.ts'

export interface SoundMeter {
  /** Finds new audio elements, and updates the tracks that the known ones play. */
  search: () => void
  loud: (sinceMs: number) => Promise<Record<string, Span[]>>
  audible: (sinceMs: number, atMs: number) => AudibleSpan[]
}

declare global {
  interface Window {
    levee_sounds: SoundMeter
  }
}

/** Runs in the page before its own scripts, so it uses nothing from outside this function. */
export function installSoundMeter(workletSource: string): void {
  interface Tap {
    node: AudioWorkletNode
    source: MediaStreamAudioSourceNode
  }
  const WORKLET_TIMEOUT_MS = 5_000
  const nowMs = () => performance.timeOrigin + performance.now()
  let context: Promise<AudioContext> | undefined
  const taps = new Map<string, Promise<Tap>>()
  /** Loud spans of tracks that have ended. */
  const ended: Record<string, Span[]> = {}
  const playing = new Map<HTMLAudioElement, { identity: string; track: string; fromMs: number }>()
  const played: AudibleSpan[] = []
  const audios = new Set<HTMLAudioElement>()

  async function openContext(): Promise<AudioContext> {
    const opened = new AudioContext({ latencyHint: 'interactive' })
    const url = URL.createObjectURL(new Blob([workletSource], { type: 'text/javascript' }))
    await opened.audioWorklet.addModule(url)
    await opened.resume()
    return opened
  }

  async function openTap(track: MediaStreamTrack): Promise<Tap> {
    const audio = await (context ??= openContext())
    const source = audio.createMediaStreamSource(new MediaStream([track]))
    const node = new AudioWorkletNode(audio, 'loud-spans', { numberOfOutputs: 1, channelCount: 1 })
    source.connect(node).connect(audio.destination)
    return { node, source }
  }

  /** Opened at the first moment of a track, so that the tap itself adds nothing to a gap. */
  function ensureTap(track: MediaStreamTrack): void {
    if (track.kind !== 'audio' || taps.has(track.id) || track.id in ended) return
    taps.set(track.id, openTap(track))
    track.addEventListener('ended', () => void closeTap(track.id))
  }

  /** Taps of ended tracks would keep using CPU. */
  async function closeTap(id: string): Promise<void> {
    const tap = await taps.get(id)
    if (!tap) return
    ended[id] = await loudSpans(tap)
    taps.delete(id)
    tap.source.disconnect()
    send(tap, 'end')
    tap.node.disconnect()
  }

  let requests = 0
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has none
  const send = ({ node }: Tap, message: { ask: number } | 'end') => node.port.postMessage(message)

  function loudSpans(tap: Tap): Promise<Span[]> {
    const { port } = tap.node
    const request = ++requests
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error('the audio thread does not answer')),
        WORKLET_TIMEOUT_MS,
      )
      const onAnswer = ({ data }: MessageEvent<{ answer: number; spans: Span[] }>) => {
        if (data.answer !== request) return
        clearTimeout(timer)
        port.removeEventListener('message', onAnswer)
        resolve(data.spans)
      }
      port.addEventListener('message', onAnswer)
      port.start()
      send(tap, { ask: request })
    })
  }

  /** The track that the participant hears from this element now, if any. */
  function playedBy(audio: HTMLAudioElement): { identity: string; track: string } | undefined {
    const { srcObject, paused, muted, volume, dataset } = audio
    const source = dataset['source'] ?? 'microphone'
    if (paused || muted || volume === 0 || source !== 'microphone') return undefined
    const track = srcObject instanceof MediaStream ? srcObject.getAudioTracks()[0] : undefined
    const identity = audio.closest<HTMLElement>('[data-identity]')?.dataset['identity']
    if (track) ensureTap(track)
    return track && identity && track.readyState === 'live' ? { identity, track: track.id } : undefined
  }

  function update(audio: HTMLAudioElement): void {
    audios.add(audio)
    const before = playing.get(audio)
    const now = playedBy(audio)
    if (before?.identity === now?.identity && before?.track === now?.track) return
    const ms = nowMs()
    if (before) played.push({ ...before, toMs: ms })
    if (now) playing.set(audio, { ...now, fromMs: ms })
    else playing.delete(audio)
  }

  for (const name of ['srcObject', 'muted', 'volume'] as const) {
    const property = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, name)
    Object.defineProperty(HTMLMediaElement.prototype, name, {
      ...property,
      set(this: HTMLMediaElement, value: unknown) {
        property?.set?.call(this, value)
        if (this instanceof HTMLAudioElement) update(this)
      },
    })
  }
  for (const name of ['play', 'playing', 'pause', 'emptied', 'volumechange'])
    document.addEventListener(
      name,
      ({ target }) => target instanceof HTMLAudioElement && update(target),
      true,
    )

  const Peer = window.RTCPeerConnection
  window.RTCPeerConnection = class extends Peer {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      this.addEventListener('track', ({ track }) => ensureTap(track))
    }
  }

  window.levee_sounds = {
    search() {
      for (const audio of document.querySelectorAll('audio')) update(audio)
      for (const audio of audios) update(audio)
    },
    async loud(sinceMs) {
      const since = (spans: Span[]) => spans.filter(({ toMs }) => toMs >= sinceMs)
      const loud: Record<string, Span[]> = {}
      const answers = [...taps].map(async ([id, tap]) => (loud[id] = since(await loudSpans(await tap))))
      await Promise.all(answers)
      for (const [id, spans] of Object.entries(ended)) loud[id] ??= since(spans)
      return loud
    },
    audible: (sinceMs, atMs) => [
      ...played.filter(({ toMs }) => toMs >= sinceMs),
      ...[...playing.values()].map((one) => ({ ...one, toMs: atMs })),
    ],
  }
}
