// A participant without a browser: LiveKit's native client, which follows its meeting from node to node by the same rules
// as Levee's page. It sends a tiny picture and records when it last received a frame of each of the others.
import { setTimeout as pause } from 'node:timers/promises'
import type { JoinAnswer, Problem } from '@levee/control-plane/contract'
import type { VideoSource } from '@livekit/rtc-node'
import {
  NATIVE_JOIN_RETRY_MS,
  NATIVE_JOIN_TRIES,
  NATIVE_REJOIN_MS,
  NATIVE_REQUEST_TIMEOUT_MS,
} from '../../tuning.ts'
import { NativeConnection } from './native-connection.ts'

export interface NativeOptions {
  /** URLs of the control planes; any of them may get a request. */
  urls: readonly string[]
  /** Code of the room. */
  room: string
  name: string
  source: VideoSource
}

export class NativeParticipant {
  readonly name: string
  /** When the last frame of each of the others arrived; performance.now(). */
  readonly seenAtMs = new Map<string, number>()
  /** Longest time without a frame of any of the others. */
  longestGapMs = 0
  readonly #options: NativeOptions
  #connection: NativeConnection | undefined
  #ticket = ''
  #identity = ''
  #left = false
  #requests = 0
  #rejoining: Promise<void> | undefined
  #rejoinAgain = false
  #lastAsk = 0

  constructor(options: NativeOptions) {
    this.name = options.name
    this.#options = options
  }

  get identity(): string {
    return this.#identity
  }

  /** Undefined without a connection. */
  get connectedTo(): { node: string; epoch: number } | undefined {
    return this.#connection?.connected ? this.#connection.answer : undefined
  }

  /** Tries several times, as a person clicks again. */
  async join(): Promise<void> {
    let why: unknown
    for (let tries = 0; tries < NATIVE_JOIN_TRIES; tries++) {
      const answer = await this.#request('join', { name: this.name })
      if (typeof answer === 'string') why = new Error(`${this.name} was refused: ${answer}`)
      else {
        const failure = await this.#moveTo(answer).then(noFailure, failureOf)
        if (!failure) return
        why = failure.error
      }
      await pause(NATIVE_JOIN_RETRY_MS)
    }
    throw why
  }

  leave(): void {
    this.#left = true
    this.#connection?.close()
  }

  /** Sends the request to one replica after the other. Returns the code of a refusal as text. */
  async #request(verb: 'join' | 'rejoin', body: object): Promise<JoinAnswer | string> {
    const { urls, room } = this.#options
    const url = urls[this.#requests++ % urls.length]
    try {
      const reply = await fetch(`${url}/v1/rooms/${room}/${verb}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(NATIVE_REQUEST_TIMEOUT_MS),
      })
      const answer = (await reply.json()) as JoinAnswer & Problem
      if (!reply.ok) return answer.code
      this.#ticket = answer.rejoinTicket
      this.#identity = answer.identity
      return answer
    } catch {
      return 'unreachable'
    }
  }

  /** Rejoins. While a rejoin is in progress, at most one more follows it. */
  #rejoin(): void {
    if (this.#rejoining) {
      this.#rejoinAgain = true
      return
    }
    this.#rejoining = this.#reconcile().finally(() => {
      this.#rejoining = undefined
      if (!this.#rejoinAgain) return
      this.#rejoinAgain = false
      this.#rejoin()
    })
  }

  async #reconcile(): Promise<void> {
    for (let turn = 0; !this.#left; turn++) {
      const connection = this.#connection
      const lost = connection && !connection.connected ? { lost: connection.answer.epoch } : {}
      const answer = await this.#request('rejoin', { ticket: this.#ticket, ...lost })
      if (this.#left) return
      // As the page does: LiveKit's own retries must not hide that the meeting has ended.
      if (answer === 'room_not_found') return this.leave()
      // Keep a connection that still works.
      if (answer === 'rejoin_refused') return connection?.connected ? undefined : this.leave()
      if (typeof answer !== 'string') {
        const isNew = answer.epoch > (connection?.answer.epoch ?? 0)
        // The same node with a dead connection: LiveKit's own retries come first.
        const isDead =
          connection === this.#connection && !connection?.connected && turn >= NATIVE_REJOIN_MS.length
        if ((isNew || isDead) && !(await this.#moveTo(answer).then(noFailure, failureOf))) return
        if (!isNew && this.#connection?.connected) return
      }
      const waitMs = NATIVE_REJOIN_MS[turn] ?? NATIVE_REJOIN_MS.at(-1)!
      await pause(waitMs * (0.8 + 0.4 * Math.random()))
    }
  }

  /** Opens the new connection before it closes the old one. */
  async #moveTo(answer: JoinAnswer): Promise<void> {
    const next = new NativeConnection(answer, {
      onLost: () => {
        if (next === this.#connection && !this.#left) this.#rejoin()
      },
      onMetadata: (metadata) => this.#onMetadata(next, metadata),
      onFrame: (identity) => this.#onFrame(identity),
    })
    await next.open(this.#options.source)
    const old = this.#connection
    this.#connection = next
    if (this.#left) return next.close()
    if (old) void old.closeAfter(next)
    // The metadata may have changed while it connected, or it may already be lost again.
    this.#onMetadata(next, next.metadata)
    if (!next.connected) this.#rejoin()
  }

  /** {"ask": n}: the meeting has changed; rejoin. */
  #onMetadata(connection: NativeConnection, metadata: string | undefined): void {
    if (connection !== this.#connection || !metadata) return
    const { ask = 0 } = JSON.parse(metadata) as { ask?: number }
    if (ask === this.#lastAsk) return
    this.#lastAsk = ask
    this.#rejoin()
  }

  #onFrame(identity: string): boolean {
    if (this.#left) return false
    const nowMs = performance.now()
    const gapMs = nowMs - (this.seenAtMs.get(identity) ?? nowMs)
    this.longestGapMs = Math.max(this.longestGapMs, gapMs)
    this.seenAtMs.set(identity, nowMs)
    return true
  }
}

const noFailure = () => undefined
const failureOf = (error: unknown) => ({ error })
