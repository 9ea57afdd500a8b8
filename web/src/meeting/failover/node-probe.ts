import { httpUrl } from '../connections/http-url.ts'

/** A LiveKit that its supervisor starts again is back within seconds; later a second more is no matter. */
const EVERY_MS = { first: 150, later: 1_000 }
const LATER_AFTER_MS = 30_000
const TIMEOUT_MS = 1_000

/** Whether LiveKit isListening there. A proxy's page in its place is refused by the browser, for want of CORS headers. */
export async function isListening(serverUrl: string): Promise<boolean> {
  try {
    const reply = await fetch(httpUrl(serverUrl), {
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return reply.ok
  } catch {
    return false
  }
}

/**
 * Knocks at a node whose LiveKit has ended, while there is no other place. LiveKit's own client would try to resume a
 * session that ended with the process, and hear of that before it begins anew: two connections, one after the other.
 */
export class NodeProbe {
  readonly #isListening: (serverUrl: string) => Promise<boolean>
  readonly #onOpen: () => void
  #serverUrl: string | undefined
  #sinceMs = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `onOpen`: somebody isListening; announced again and again until it is stopped. */
  constructor(isListening: (serverUrl: string) => Promise<boolean>, onOpen: () => void) {
    this.#isListening = isListening
    this.#onOpen = onOpen
  }

  start(serverUrl: string): void {
    if (this.#serverUrl === serverUrl) return
    this.stop()
    this.#serverUrl = serverUrl
    this.#sinceMs = Date.now()
    this.#later(serverUrl)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#serverUrl = undefined
  }

  #later(serverUrl: string): void {
    const { first, later } = EVERY_MS
    const everyMs = Date.now() - this.#sinceMs < LATER_AFTER_MS ? first : later
    this.#timer = setTimeout(() => void this.#go(serverUrl), everyMs * (0.8 + 0.4 * Math.random()))
  }

  async #go(serverUrl: string): Promise<void> {
    const open = await this.#isListening(serverUrl)
    if (this.#serverUrl !== serverUrl) return
    if (open) this.#onOpen()
    // The word may have stopped it.
    if (this.#serverUrl === serverUrl) this.#later(serverUrl)
  }
}
