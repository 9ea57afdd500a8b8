import type { FleetView } from '@levee/control-plane/contract'
import { commandNode, viewFleet, type NodeVerb, type Refusal } from '../control-plane.ts'

export type FleetPageView = {
  seen?: FleetView
  /** When the last good answer came, by this page's clock. */
  seenAtMs?: number
  refusal?: Refusal
  /** Commands on their way, by node. */
  busy: ReadonlyMap<string, NodeVerb>
  /** The last command that was refused. */
  commandFault?: { node: string; verb: NodeVerb; refusal: Refusal }
}

const EVERY_MS = 2_000
/** Older than this the numbers are shown as what they are: the past. */
export const STALE_MS = 7_000

/** The fleet as the operations page sees it: asked every two seconds while somebody looks. */
export class Fleet {
  #view: FleetPageView = { busy: new Map() }
  readonly #listeners = new Set<() => void>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #asking: Promise<void> | undefined

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly view = (): FleetPageView => this.#view

  watch(): () => void {
    const onVisible = () => {
      if (!document.hidden) void this.refresh()
    }
    document.addEventListener('visibilitychange', onVisible)
    void this.refresh()
    return () => {
      document.removeEventListener('visibilitychange', onVisible)
      clearTimeout(this.#timer)
    }
  }

  /** One question at a time; the next is timed from the answer, so a slow answer never piles up. */
  refresh(): Promise<void> {
    clearTimeout(this.#timer)
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
      if (!document.hidden && this.#view.refusal?.code !== 'operator_required') {
        this.#timer = setTimeout(() => void this.refresh(), EVERY_MS)
      }
    })
    return this.#asking
  }

  async command(node: string, verb: NodeVerb): Promise<void> {
    const { commandFault: _, ...view } = this.#view
    this.#view = { ...view, busy: new Map([...view.busy, [node, verb]]) }
    this.#tell()
    const answer = await commandNode(node, verb)
    await this.refresh()
    const busy = new Map(this.#view.busy)
    busy.delete(node)
    this.#view = { ...this.#view, busy }
    if (!answer.ok) this.#view = { ...this.#view, commandFault: { node, verb, refusal: answer.refusal } }
    this.#tell()
  }

  async #ask(): Promise<void> {
    const answer = await viewFleet()
    const { refusal: _, ...view } = this.#view
    if (answer.ok) this.#view = { ...view, seen: answer.value, seenAtMs: performance.now() }
    else if (answer.refusal.code === 'operator_required')
      this.#view = { busy: new Map(), refusal: answer.refusal }
    else this.#view = { ...view, refusal: answer.refusal }
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}
