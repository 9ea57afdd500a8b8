import type { Room } from 'livekit-client'
import { CHAT_ID_MAX_LENGTH, CHAT_RESEND_MS, CHAT_TEXT_MAX_LENGTH } from '../tuning.ts'
import { CHAT_TOPIC } from './topics.ts'

const ID = 'levee-id'
const SENT = 'levee-sent'

export type ChatMessage = {
  /** Given by the sender; the same on every connection. */
  id: string
  from: { identity: string; name: string; isLocal: boolean }
  message: string
  /** The sender's clock in ms, but never later than the message arrived. */
  timestamp: number
  /** Ours, and not accepted by any node yet. */
  pending?: boolean
}

/** A message as it arrives on one connection. */
export type IncomingChat = {
  from: { identity: string; name: string }
  text: string
  /** LiveKit's own id of this transmission, for clients that set none. */
  streamId: string
  attributes: Readonly<Record<string, string>>
  sentMs: number
}

/** A connection that chat can be sent on. `reliable`: its node is alive, so what it accepts is not lost. */
export type ChatTarget = {
  room: { localParticipant: Pick<Room['localParticipant'], 'sendText'> }
  reliable: boolean
}

/**
 * The chat of the meeting, independent of its connections. A message has an id, is sent on every connection and stored
 * once. Messages that no node has accepted, or that may have been lost with a node, are sent again on the next one.
 */
export class ChatLog {
  #messages: readonly ChatMessage[] = []
  readonly #keys = new Set<string>()
  readonly #targets: () => readonly ChatTarget[]
  readonly #listeners = new Set<() => void>()

  /** `targets`: the connections that a message can be sent on now. */
  constructor(targets: () => readonly ChatTarget[]) {
    this.#targets = targets
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly messages = (): readonly ChatMessage[] => this.#messages

  send(text: string, me: { identity: string; name: string }): void {
    const id = crypto.randomUUID()
    const from = { ...me, isLocal: true }
    const message = { id, from, message: text, timestamp: Date.now(), pending: true }
    this.#add(message)
    for (const target of this.#targets()) void this.#send(target, message)
  }

  receive({ from, text, streamId, attributes, sentMs }: IncomingChat): void {
    const now = Date.now()
    const stated = Number(attributes[SENT] ?? sentMs)
    const timestamp = Number.isFinite(stated) && stated > 0 ? Math.min(stated, now) : now
    const id = (attributes[ID] ?? streamId).slice(0, CHAT_ID_MAX_LENGTH)
    const message = text.slice(0, CHAT_TEXT_MAX_LENGTH)
    this.#add({ id, from: { ...from, isLocal: false }, message, timestamp })
  }

  /** A connection is up, for the first time or again. */
  opened(target: ChatTarget): void {
    for (const message of this.#toResend()) void this.#send(target, message)
  }

  /** A participant of this meeting has arrived on the node of `target` and may have missed the last messages. */
  arrivedAgain(target: ChatTarget, identity: string): void {
    for (const message of this.#toResend()) void this.#send(target, message, [identity])
  }

  #toResend(): ChatMessage[] {
    const since = Date.now() - CHAT_RESEND_MS
    return this.#messages.filter(
      ({ from, pending, timestamp }) => from.isLocal && (pending === true || timestamp >= since),
    )
  }

  async #send({ room, reliable }: ChatTarget, message: ChatMessage, to?: string[]): Promise<void> {
    try {
      await room.localParticipant.sendText(message.message, {
        topic: CHAT_TOPIC,
        attributes: { [ID]: message.id, [SENT]: String(message.timestamp) },
        ...(to && { destinationIdentities: to }),
      })
      if (reliable) this.#accepted(message.id)
    } catch {
      // The message is sent again on the next connection.
    }
  }

  #accepted(id: string): void {
    this.#set(this.#messages.map((one) => (one.id === id && one.pending ? { ...one, pending: false } : one)))
  }

  /** An id counts only together with its sender, so that no client can replace the messages of others. */
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
