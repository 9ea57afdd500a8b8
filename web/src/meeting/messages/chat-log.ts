import type { Room } from 'livekit-client'
import { CHAT_TOPIC } from './topics.ts'

const ID = 'levee-id'
const SENT = 'levee-sent'

export type ChatMessage = {
  /** Given by the sender; the same on every connection. */
  id: string
  from: { identity: string; name: string; isLocal: boolean }
  message: string
  /** In ms; the sender's clock, but never later than it came. */
  timestamp: number
  /** Ours, and given to no node yet. */
  pending?: boolean
}

/** What a message looks like when it comes in from one connection. */
export type IncomingChat = {
  from: { identity: string; name: string }
  text: string
  /** LiveKit's own id of this transmission, for clients that give none. */
  streamId: string
  attributes: Readonly<Record<string, string>>
  sentMs: number
}

/** A connection that chat can go through. `sure`: its node is there, so what it takes is not lost. */
export type ChatTarget = {
  room: { localParticipant: Pick<Room['localParticipant'], 'sendText'> }
  sure: boolean
}

/** Who was between two nodes when something was written gets it on arrival, if it is not older than this. */
const AGAIN_MS = 30_000
const TEXT_MAX = 4_000

/**
 * The chat of the meeting, above its connections. A message has an id of its own, goes out on every connection and
 * is kept once; what no node has taken, or may have died with a node, goes out again on the next one.
 */
export class ChatLog {
  #messages: readonly ChatMessage[] = []
  readonly #keys = new Set<string>()
  readonly #lines: () => readonly ChatTarget[]
  readonly #listeners = new Set<() => void>()

  /** `lines`: those that a message can go to now. */
  constructor(lines: () => readonly ChatTarget[]) {
    this.#lines = lines
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly messages = (): readonly ChatMessage[] => this.#messages

  send(text: string, me: { identity: string; name: string }): void {
    const id = crypto.randomUUID()
    const message = {
      id,
      from: { ...me, isLocal: true },
      message: text,
      timestamp: Date.now(),
      pending: true,
    }
    this.#add(message)
    for (const link of this.#lines()) void this.#give(link, message)
  }

  receive({ from, text, streamId, attributes, sentMs }: IncomingChat): void {
    const now = Date.now()
    const stated = Number(attributes[SENT] ?? sentMs)
    const timestamp = Number.isFinite(stated) && stated > 0 ? Math.min(stated, now) : now
    const id = (attributes[ID] ?? streamId).slice(0, 64)
    this.#add({ id, from: { ...from, isLocal: false }, message: text.slice(0, TEXT_MAX), timestamp })
  }

  /** A connection stands, for the first time or anew. */
  opened(link: ChatTarget): void {
    for (const message of this.#again()) void this.#give(link, message)
  }

  /** Somebody who was in the meeting before has come to this node: they may have missed the last words. */
  arrivedAgain(link: ChatTarget, identity: string): void {
    for (const message of this.#again()) void this.#give(link, message, [identity])
  }

  #again(): ChatMessage[] {
    const since = Date.now() - AGAIN_MS
    return this.#messages.filter(
      ({ from, pending, timestamp }) => from.isLocal && (pending === true || timestamp >= since),
    )
  }

  async #give({ room, sure }: ChatTarget, message: ChatMessage, to?: string[]): Promise<void> {
    try {
      await room.localParticipant.sendText(message.message, {
        topic: CHAT_TOPIC,
        attributes: { [ID]: message.id, [SENT]: String(message.timestamp) },
        ...(to && { destinationIdentities: to }),
      })
      if (sure) this.#taken(message.id)
    } catch {
      // It pending for the next connection.
    }
  }

  #taken(id: string): void {
    this.#set(this.#messages.map((one) => (one.id === id && one.pending ? { ...one, pending: false } : one)))
  }

  /** An id counts only with its sender: nobody can take the place of another one's words. */
  #add(message: ChatMessage): void {
    const key = `${message.from.identity}/${message.id}`
    if (this.#keys.has(key)) return
    this.#keys.add(key)
    const at = this.#messages.findLastIndex(({ timestamp }) => timestamp <= message.timestamp) + 1
    this.#set(this.#messages.toSpliced(at, 0, message))
  }

  #set(messages: readonly ChatMessage[]): void {
    this.#messages = messages
    for (const listener of this.#listeners) listener()
  }
}
