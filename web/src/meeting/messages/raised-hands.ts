/** A raised hand as it is sent. `atMs`: the sender's clock; the latest state of a sender counts. */
type HandState = { up: boolean; atMs: number }

/**
 * The raised hands of a meeting, independent of its connections: each participant sends their own state on each
 * connection that opens, and to each participant who joins.
 */
export class RaisedHands {
  readonly #others = new Map<string, HandState>()
  #mine: HandState = { up: false, atMs: 0 }

  get up(): boolean {
    return this.#mine.up
  }

  /** Returns the message to send. */
  set(up: boolean): string {
    this.#mine = { up, atMs: Math.max(Date.now(), this.#mine.atMs + 1) }
    return this.message()
  }

  /** Our own state as it is sent. */
  message(): string {
    return JSON.stringify(this.#mine)
  }

  /** We have never raised a hand, so there is nothing to send. */
  get neverRaised(): boolean {
    return this.#mine.atMs === 0
  }

  /** Returns whether anything changed. */
  receive(identity: string, text: string): boolean {
    const state = parse(text)
    const known = this.#others.get(identity)
    if (!state || (known && known.atMs >= state.atMs)) return false
    this.#others.set(identity, state)
    return known?.up !== state.up
  }

  /** Identities whose hands are up. Hands of people who are not `present` are forgotten. */
  raised(me: string, present: ReadonlySet<string>): ReadonlySet<string> {
    for (const identity of this.#others.keys()) if (!present.has(identity)) this.#others.delete(identity)
    const raised = [...this.#others].filter(([, { up }]) => up).map(([identity]) => identity)
    return new Set(this.#mine.up ? [me, ...raised] : raised)
  }
}

function parse(text: string): HandState | undefined {
  try {
    const { up, atMs } = JSON.parse(text) as Partial<HandState>
    return typeof up === 'boolean' && Number.isSafeInteger(atMs) ? { up, atMs: atMs as number } : undefined
  } catch {
    return undefined
  }
}
