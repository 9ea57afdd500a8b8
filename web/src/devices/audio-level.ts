import { LEVEL_EVERY_MS } from '../tuning.ts'

/** One audio context for the page: browsers allow only a few. */
let shared: AudioContext | undefined
let watchers = 0

export type LevelReading = {
  /** 0 to 1 for a bar: speech at normal distance fills about two thirds. */
  bar: number
  /** Largest sample, 0 to 1; exactly 0 means that no microphone is behind the track. */
  peak: number
  /** False while the browser keeps audio suspended: the numbers then mean nothing. */
  running: boolean
}

/** Reports the level of a microphone until the returned function is called. */
export function watchLevel(track: MediaStreamTrack, onLevel: (reading: LevelReading) => void): () => void {
  shared ??= new AudioContext()
  const context = shared
  watchers++
  const source = context.createMediaStreamSource(new MediaStream([track]))
  const analyser = context.createAnalyser()
  analyser.fftSize = 1024
  source.connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  const wake = () => void context.resume()
  wake()
  addEventListener('pointerdown', wake)
  addEventListener('keydown', wake)
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples)
    let sum = 0
    let peak = 0
    for (const sample of samples) {
      sum += sample * sample
      peak = Math.max(peak, Math.abs(sample))
    }
    onLevel({ bar: barOf(Math.sqrt(sum / samples.length)), peak, running: context.state === 'running' })
  }, LEVEL_EVERY_MS)
  return () => {
    clearInterval(timer)
    removeEventListener('pointerdown', wake)
    removeEventListener('keydown', wake)
    source.disconnect()
    // A running context keeps an audio thread busy for the whole meeting.
    if (--watchers === 0) void context.suspend()
  }
}

/** Loudness is perceived in decibels: −60 dB is an empty bar, −6 dB a full one. */
export function barOf(rms: number): number {
  if (rms <= 0) return 0
  return Math.min(1, Math.max(0, (20 * Math.log10(rms) + 60) / 54))
}
