import type { Room } from 'livekit-client'
import { boundMarks } from '@levee/control-plane/protocol/names/display-names'
import { RefreshScheduler } from '../refresh-scheduler.ts'
import {
  CHAT_ID_MAX_LENGTH,
  CHAT_KEYS_MAX,
  CHAT_MESSAGES_MAX,
  CHAT_RATE,
  CHAT_RESEND_MS,
  CHAT_TEXT_MAX_LENGTH,
} from '../tuning.ts'
import { SenderLimit } from './sender-limit.ts'
import { CHAT_TOPIC } from './topics.ts'

const ID = 'levee-id'

export type ChatMessage = {
  /** Given by the sender; the same on every connection. */
  id: string
  from: { identity: string; isLocal: boolean }
  message: string
  /** When it arrived or was written, by our own clock, in ms. */
  timestamp: number
  /** Ours, and not accepted by any node yet. */
  pending?: boolean
  /** Instead of a message: from here on messages of this sender were dropped, because there were too many. */
  dropped?: boolean
}

/** A message as it arrives on one connection. */
export type IncomingChat = {
  /** As stamped by the node. */
  identity: string
  text: string
  /** LiveKit's own id of this transmission, for clients that set none. */
  streamId: string
  attributes: Readonly<Record<string, string>>
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
  #received = 0
  readonly #keys = new Set<string>()
  readonly #limit = new SenderLimit(CHAT_RATE)
  readonly #flooding = new Set<string>()
  /** Many messages in a moment are one update of the page. */
  readonly #updates = new RefreshScheduler(() => this.#listeners.forEach((listener) => listener()))
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
  /** How many messages of others have come so far, also those that are no longer kept. */
  readonly received = (): number => this.#received

  send(text: string, me: { identity: string }): void {
    const id = crypto.randomUUID()
    const from = { identity: me.identity, isLocal: true }
    const message = { id, from, message: text, timestamp: Date.now(), pending: true }
    this.#add(message)
    for (const target of this.#targets()) void this.#send(target, message)
  }

  /** Whether a message counts, before its text is read: it is new, and its sender has not sent too many. */
  admits({ identity, ...about }: Omit<IncomingChat, 'text'>): boolean {
    if (this.#keys.has(keyOf(identity, idOf(about)))) return false
    if (this.#flooding.has(identity) && this.#limit.isCalm(identity)) this.#flooding.delete(identity)
    if (this.#limit.take(identity)) return true
    this.#onFlood(identity)
    return false
  }

  /** A message that was admitted. The clock of its sender does not matter: messages are in the order of arrival. */
  receive({ identity, text, ...about }: IncomingChat): void {
    const message = boundMarks(text.slice(0, CHAT_TEXT_MAX_LENGTH)).trim()
    if (message === '') return
    this.#add({ id: idOf(about), from: { identity, isLocal: false }, message, timestamp: Date.now() })
  }

  /** Once, until the sender has been quiet. */
  #onFlood(identity: string): void {
    if (this.#flooding.has(identity)) return
    this.#flooding.add(identity)
    const id = crypto.randomUUID()
    this.#add({ id, from: { identity, isLocal: false }, message: '', timestamp: Date.now(), dropped: true })
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
        attributes: { [ID]: message.id },
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
    const key = keyOf(message.from.identity, message.id)
    if (this.#keys.has(key)) return
    this.#keys.add(key)
    const [oldest] = this.#keys
    if (this.#keys.size > CHAT_KEYS_MAX && oldest !== undefined) this.#keys.delete(oldest)
    if (!message.from.isLocal) this.#received++
    this.#set(bounded([...this.#messages, message]))
  }

  #set(messages: readonly ChatMessage[]): void {
    this.#messages = messages
    this.#updates.soon()
  }
}

const keyOf = (identity: string, id: string) => `${identity}/${id}`

const idOf = ({ attributes, streamId }: Pick<IncomingChat, 'attributes' | 'streamId'>) =>
  (attributes[ID] ?? streamId).slice(0, CHAT_ID_MAX_LENGTH)

/** Without the oldest message of the sender who has the most, if there are too many. */
function bounded(messages: ChatMessage[]): ChatMessage[] {
  if (messages.length <= CHAT_MESSAGES_MAX) return messages
  const counts = new Map<string, number>()
  for (const { from } of messages) counts.set(from.identity, (counts.get(from.identity) ?? 0) + 1)
  const most = Math.max(...counts.values())
  return messages.toSpliced(
    messages.findIndex(({ from }) => counts.get(from.identity) === most),
    1,
  )
}
