/** A raised hand as it goes over the wire. `atMs`: the sender's clock; a later word of theirs counts. */
type HandState = { up: boolean; atMs: number }

/**
 * Who has a hand up. It belongs to the meeting and not to a connection: everybody tells their own on each connection
 * that opens and to everybody who comes.
 */
export class RaisedHands {
  readonly #words = new Map<string, HandState>()
  #mine: HandState = { up: false, atMs: 0 }

  get up(): boolean {
    return this.#mine.up
  }

  set(up: boolean): string {
    this.#mine = { up, atMs: Math.max(Date.now(), this.#mine.atMs + 1) }
    return this.word()
  }

  /** What is announced on the wire. */
  word(): string {
    return JSON.stringify(this.#mine)
  }

  /** Not worth statusDelay: whoever has never raised a hand. */
  get silent(): boolean {
    return this.#mine.atMs === 0
  }

  /** Says whether anything changed. */
  receive(identity: string, text: string): boolean {
    const word = parse(text)
    const known = this.#words.get(identity)
    if (!word || (known && known.atMs >= word.atMs)) return false
    this.#words.set(identity, word)
    return known?.up !== word.up
  }

  /** Whose hands are up; `present`: a hand goes with its person. */
  raised(me: string, present: ReadonlySet<string>): ReadonlySet<string> {
    for (const identity of this.#words.keys()) if (!present.has(identity)) this.#words.delete(identity)
    const raised = [...this.#words].filter(([, { up }]) => up).map(([identity]) => identity)
    return new Set(this.#mine.up ? [me, ...raised] : raised)
  }
}

function parse(text: string): HandState | undefined {
  try {
    const { up, atMs } = JSON.parse(text) as Partial<HandState>
    return typeof up === 'boolean' && Number.isFinite(atMs) ? { up, atMs: atMs as number } : undefined
  } catch {
    return undefined
  }
}
