import { jittered } from '@levee/control-plane/protocol/backoff'
import { httpUrl } from '../connections/http-url.ts'
import { PROBE_FAST_FOR_MS, PROBE_FAST_MS, PROBE_JITTER, PROBE_SLOW_MS, PROBE_TIMEOUT_MS } from '../tuning.ts'

/**
 * Whether LiveKit answers at this node. The browser rejects the page of a proxy in its place, because it has no
 * CORS headers.
 */
export async function isAnswering(serverUrl: string): Promise<boolean> {
  try {
    const reply = await fetch(httpUrl(serverUrl), {
      cache: 'no-store',
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    })
    return reply.ok
  } catch {
    return false
  }
}

/**
 * Probes a node whose LiveKit has exited while there is no other node for the meeting. LiveKit's own client would first
 * try to resume a session that ended with the process: two connections, one after the other.
 */
export class NodeProbe {
  readonly #isAnswering: (serverUrl: string) => Promise<boolean>
  readonly #onAnswer: () => void
  #serverUrl: string | undefined
  #sinceMs = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `onAnswer`: the node answers; called after each such probe until it is stopped. */
  constructor(isAnswering: (serverUrl: string) => Promise<boolean>, onAnswer: () => void) {
    this.#isAnswering = isAnswering
    this.#onAnswer = onAnswer
  }

  start(serverUrl: string): void {
    if (this.#serverUrl === serverUrl) return
    this.stop()
    this.#serverUrl = serverUrl
    this.#sinceMs = Date.now()
    this.#schedule(serverUrl)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#serverUrl = undefined
  }

  #schedule(serverUrl: string): void {
    const everyMs = Date.now() - this.#sinceMs < PROBE_FAST_FOR_MS ? PROBE_FAST_MS : PROBE_SLOW_MS
    const afterMs = jittered(everyMs, PROBE_JITTER, Math.random)
    this.#timer = setTimeout(() => void this.#probe(serverUrl), afterMs)
  }

  async #probe(serverUrl: string): Promise<void> {
    const answers = await this.#isAnswering(serverUrl)
    if (this.#serverUrl !== serverUrl) return
    if (answers) this.#onAnswer()
    // The state machine stops the probe, unless it had nothing to do.
    if (this.#serverUrl === serverUrl) this.#schedule(serverUrl)
  }
}
