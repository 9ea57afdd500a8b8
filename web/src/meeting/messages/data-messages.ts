import { RoomEvent, type Participant, type Room } from 'livekit-client'
import { works, type NodeConnection } from '../connections/connection.ts'
import { CHAT_TEXT_MAX_LENGTH, HAND_MAX_BYTES, HAND_RATE } from '../tuning.ts'
import { ChatLog, type ChatTarget } from './chat-log.ts'
import { RaisedHands } from './raised-hands.ts'
import { discard, readText } from './read-text.ts'
import { SenderLimit } from './sender-limit.ts'
import { Senders } from './senders.ts'
import { CHAT_TOPIC, HAND_TOPIC, SETTLED_TOPIC } from './topics.ts'

/**
 * Everything that participants exchange by data messages: chat, raised hands, and reports that they have settled on a
 * node. It is independent of the connections: on each one that opens, messages that may have been missed are sent again.
 */
export class DataMessages {
  readonly chat: ChatLog
  readonly hands = new RaisedHands()
  readonly senders = new Senders()
  readonly #handLimit = new SenderLimit(HAND_RATE)
  readonly #connections: () => readonly NodeConnection[]
  readonly #onChange: () => void
  /** Everyone who has been in the meeting: one of them who arrives comes from another node. */
  readonly #known = new Set<string>()
  /** By connection, the identities that have reported that they are settled there. */
  readonly #settled = new WeakMap<NodeConnection, Set<string>>()
  readonly #reported = new WeakSet<NodeConnection>()

  constructor(connections: () => readonly NodeConnection[], onChange: () => void) {
    this.#connections = connections
    this.#onChange = onChange
    this.chat = new ChatLog(() => this.#open().map(chatTargetOf))
  }

  /** Listens to a connection, before it connects. */
  attach(connection: NodeConnection): void {
    const { room } = connection
    room.registerTextStreamHandler(CHAT_TOPIC, (reader, { identity }) => {
      const { id, attributes = {} } = reader.info
      const about = { identity, streamId: id, attributes }
      if (!this.chat.admits(about)) return void discard(reader)
      readText(reader, CHAT_TEXT_MAX_LENGTH).then(
        (text) => this.chat.receive({ ...about, text }),
        // Its sender sends it again on the next connection.
        () => undefined,
      )
    })
    const onData = (data: Uint8Array, from?: Participant, _kind?: unknown, topic?: string) => {
      if (from) this.#onData(connection, topic, from.identity, data)
    }
    const onArrived = ({ identity }: Participant) => this.#onArrived(room, identity)
    room.on(RoomEvent.DataReceived, onData)
    room.on(RoomEvent.ParticipantActive, onArrived)
    connection.cleanups.push(
      () => room.off(RoomEvent.DataReceived, onData),
      () => room.off(RoomEvent.ParticipantActive, onArrived),
      () => room.unregisterTextStreamHandler(CHAT_TOPIC),
    )
  }

  /** A connection is up, for the first time or again. */
  opened({ room }: NodeConnection): void {
    for (const identity of room.remoteParticipants.keys()) this.#known.add(identity)
    this.chat.opened({ room, reliable: true })
    if (!this.hands.neverRaised) void this.#send(room, HAND_TOPIC, this.hands.message())
  }

  setHand(up: boolean): void {
    const message = this.hands.set(up)
    for (const { room } of this.#open()) void this.#send(room, HAND_TOPIC, message)
    this.#onChange()
  }

  /** All tracks come from this connection now: reports it to the others there, once. */
  reportSettled(connection: NodeConnection): void {
    if (this.#reported.has(connection)) return
    this.#reported.add(connection)
    void this.#send(connection.room, SETTLED_TOPIC, '')
  }

  /** Everyone else on this connection has reported that they are settled. */
  allSettled(connection: NodeConnection): boolean {
    const settled = this.#settled.get(connection)
    return [...connection.room.remoteParticipants.keys()].every((identity) => settled?.has(identity))
  }

  #onData(connection: NodeConnection, topic: string | undefined, identity: string, data: Uint8Array): void {
    if (topic === HAND_TOPIC) {
      if (data.byteLength > HAND_MAX_BYTES || !this.#handLimit.take(identity)) return
      if (this.hands.receive(identity, new TextDecoder().decode(data))) this.#onChange()
    } else if (topic === SETTLED_TOPIC && data.byteLength === 0) {
      const settled = this.#settled.get(connection) ?? new Set()
      this.#settled.set(connection, settled.add(identity))
    }
  }

  #onArrived(room: Room, identity: string): void {
    if (!this.hands.neverRaised) void this.#send(room, HAND_TOPIC, this.hands.message(), identity)
    if (this.#known.has(identity)) this.chat.arrivedAgain({ room, reliable: true }, identity)
    else this.#known.add(identity)
  }

  async #send({ localParticipant }: Room, topic: string, text: string, identity?: string): Promise<void> {
    const to = identity === undefined ? {} : { destinationIdentities: [identity] }
    try {
      await localParticipant.publishData(new TextEncoder().encode(text), { reliable: true, topic, ...to })
    } catch {
      // The link is broken: the message is sent again on the next connection.
    }
  }

  #open(): NodeConnection[] {
    return this.#connections().filter(({ link }) => link === 'up' || link === 'degraded')
  }
}

const chatTargetOf = (connection: NodeConnection): ChatTarget => ({
  room: connection.room,
  reliable: works(connection),
})
