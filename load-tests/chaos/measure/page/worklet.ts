// Runs in the audio thread of a page and records when each track is loud, accurate to 2.7 ms.

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort
}
declare function registerProcessor(name: string, processor: unknown): void
declare const sampleRate: number

/** Its source is passed to `audioWorklet.addModule`, so it uses nothing from outside this function. */
export function workletMain(): void {
  /**
   * 8 dB below the tone. Without packets a decoder continues with what it had and fades it out; a limit close to silence
   * would hide the first 130 ms of each outage.
   */
  const LOUD = 0.12
  /** A zero crossing is not silence. */
  const MERGE_MS = 6
  /** The output requests 10 ms at a time. After a longer pause than this, the listener's speaker has run dry. */
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
      // Samples come in bursts: their clock advances evenly, and is only reset after a stall.
      const fromMs = this.#nowMs
      const wallMs = Date.now()
      this.#nowMs += quantumMs
      if (wallMs - this.#nowMs > STALL_MS) this.#nowMs = wallMs
      else if (this.#nowMs > wallMs + STALL_MS) this.#nowMs = wallMs + STALL_MS
      let peak = 0
      for (const sample of input?.[0] ?? []) peak = Math.max(peak, Math.abs(sample))
      if (peak > LOUD) this.#record(Math.max(fromMs, this.#nowMs - quantumMs), this.#nowMs)
      return this.#alive
    }

    #record(fromMs: number, toMs: number): void {
      const last = this.#spans.at(-1)
      if (last && fromMs - last.toMs < MERGE_MS) last.toMs = toMs
      else this.#spans.push({ fromMs, toMs })
    }
  }
  registerProcessor('loud-spans', LoudSpans)
}
