// Runs in the audio thread of a page: when each track is loud, to 2.7 ms.

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort
}
declare function registerProcessor(name: string, processor: unknown): void
declare const sampleRate: number

/** Its source is handed to `audioWorklet.addModule`. */
export function workletMain(): void {
  /**
   * 8 dB under the tone. When packets stay away a decoder goes on with what it had and lets it fade; with a limit near
   * silence that would hide the first 130 ms of each outage.
   */
  const LOUD = 0.12
  /** A zero crossing is no silence. */
  const MERGE_MS = 6
  /** The output asks for 10 ms at a time; when it is later than this, a listener’s speaker has run dry. */
  const STALL_MS = 25
  const QUANTUM = 128
  const quantumMs = (QUANTUM * 1000) / sampleRate

  class LoudSpans extends AudioWorkletProcessor {
    readonly #spans: { fromMs: number; toMs: number }[] = []
    #nowMs = Date.now()
    #alive = true

    constructor() {
      super()
      this.port.addEventListener('message', ({ data }: MessageEvent<{ ask: number } | 'end'>) => {
        if (data === 'end') this.#alive = false
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port has none
        else this.port.postMessage({ answer: data.ask, spans: this.#spans })
      })
      this.port.start()
    }

    process([input]: Float32Array[][]): boolean {
      // Samples come in bursts: their own clock goes on evenly, and jumps only over a stall.
      const fromMs = this.#nowMs
      const wallMs = Date.now()
      this.#nowMs += quantumMs
      if (wallMs - this.#nowMs > STALL_MS) this.#nowMs = wallMs
      else if (this.#nowMs > wallMs + STALL_MS) this.#nowMs = wallMs + STALL_MS
      let peak = 0
      for (const sample of input?.[0] ?? []) peak = Math.max(peak, Math.abs(sample))
      if (peak > LOUD) this.#heard(Math.max(fromMs, this.#nowMs - quantumMs), this.#nowMs)
      return this.#alive
    }

    #heard(fromMs: number, toMs: number): void {
      const last = this.#spans.at(-1)
      if (last && fromMs - last.toMs < MERGE_MS) last.toMs = toMs
      else this.#spans.push({ fromMs, toMs })
    }
  }
  registerProcessor('loud-spans', LoudSpans)
}
