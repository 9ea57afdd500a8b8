import { commandNode, type DrainOptions, type NodeVerb } from '../../api/client.ts'
import { POLL_INTERVAL_MS } from '../tuning.ts'
import {
  initialFleetState,
  isSignedOut,
  nextFleetState,
  requestFor,
  type FleetEvent,
  type FleetState,
} from './fleet-state.ts'
import { loadFleet } from './load-fleet.ts'

/** Holds the state of the operations pages and refreshes it while the page is visible. */
export class FleetStore {
  #state: FleetState
  readonly #listeners = new Set<() => void>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #loading: Promise<void> | undefined
  #queued: Promise<void> | undefined
  #polling = false

  constructor(site?: string) {
    this.#state = initialFleetState(site)
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly state = (): FleetState => this.#state

  /** Returns a function that stops polling. */
  startPolling(): () => void {
    const onVisible = () => {
      if (!document.hidden) void this.refresh()
    }
    this.#polling = true
    document.addEventListener('visibilitychange', onVisible)
    void this.refresh()
    return () => {
      this.#polling = false
      document.removeEventListener('visibilitychange', onVisible)
      clearTimeout(this.#timer)
    }
  }

  /**
   * Resolves with the response to a request that was sent after this call. Requests go one at a time and the next is
   * timed from the response, so that slow responses do not pile up.
   */
  refresh(): Promise<void> {
    clearTimeout(this.#timer)
    if (!this.#loading) return this.#load()
    this.#queued ??= this.#loading.then(() => {
      this.#queued = undefined
      return this.#load()
    })
    return this.#queued
  }

  /** Opens the page of a site, or the overview. */
  openSite(site: string | undefined): void {
    const before = this.#state
    this.#handle({ type: 'site-opened', site })
    if (this.#state !== before) void this.refresh()
  }

  showMoreNodes(): void {
    this.#handle({ type: 'more-nodes-requested' })
    void this.refresh()
  }

  /** Resolves with true when the control plane accepted it; if not, the state's `failedCommand` says why. */
  async command(node: string, verb: NodeVerb, options?: DrainOptions): Promise<boolean> {
    this.#handle({ type: 'command-sent', node, verb })
    const answer = await commandNode(node, verb, options)
    await this.refresh()
    const refusal = answer.ok ? undefined : answer.refusal
    this.#handle({ type: 'command-finished', node, verb, refusal })
    return answer.ok
  }

  dismissFailure(): void {
    this.#handle({ type: 'failure-dismissed' })
  }

  #load(): Promise<void> {
    this.#loading = this.#request().finally(() => {
      this.#loading = undefined
      if (this.#polling && !document.hidden && !isSignedOut(this.#state.refusal))
        this.#timer = setTimeout(() => void this.refresh(), POLL_INTERVAL_MS)
    })
    return this.#loading
  }

  async #request(): Promise<void> {
    const request = requestFor(this.#state)
    const answer = await loadFleet(request)
    this.#handle(
      answer.ok
        ? { type: 'data-received', request, data: answer.value, atMs: performance.now() }
        : { type: 'request-refused', refusal: answer.refusal },
    )
  }

  #handle(event: FleetEvent): void {
    const before = this.#state
    this.#state = nextFleetState(before, event)
    if (this.#state !== before) for (const listener of this.#listeners) listener()
  }
}
