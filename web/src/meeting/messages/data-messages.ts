import { RoomEvent, type Participant, type Room } from 'livekit-client'
import { ChatLog, type ChatTarget } from './chat-log.ts'
import { RaisedHands } from './raised-hands.ts'
import { CHAT_TOPIC, HAND_TOPIC, SETTLED_TOPIC } from './topics.ts'
import type { NodeConnection } from '../connections/connection.ts'

/**
 * Everything that people say by data message: chat, hands, and that they have arrived. It stands above the connections:
 * each connection that opens is announced again what its people may have missed.
 */
export class DataMessages {
  readonly chat: ChatLog
  readonly hands = new RaisedHands()
  readonly #connections: () => readonly NodeConnection[]
  readonly #onChange: () => void
  /** Everybody who has been here: whoever of them arrives comes from another node. */
  readonly #known = new Set<string>()
  /** By connection, who has said that they are settled there. */
  readonly #settled = new WeakMap<NodeConnection, Set<string>>()
  readonly #announced = new WeakSet<NodeConnection>()

  constructor(connections: () => readonly NodeConnection[], onChange: () => void) {
    this.#connections = connections
    this.#onChange = onChange
    this.chat = new ChatLog(() => this.#open().map(chatTargetOf))
  }

  /** Listens to a connection, before it connects. */
  attach(connection: NodeConnection): void {
    const { room } = connection
    room.registerTextStreamHandler(CHAT_TOPIC, (reader, { identity }) => {
      const { id, timestamp, attributes = {} } = reader.info
      const from = { identity, name: room.remoteParticipants.get(identity)?.name || identity }
      reader.readAll().then(
        (text) => this.chat.receive({ from, text, streamId: id, attributes, sentMs: timestamp }),
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

  /** The connection of a connection stands, for the first time or anew. */
  opened({ room }: NodeConnection): void {
    for (const identity of room.remoteParticipants.keys()) this.#known.add(identity)
    this.chat.opened({ room, sure: true })
    if (!this.hands.silent) void this.#tell(room, HAND_TOPIC, this.hands.word())
  }

  setHand(up: boolean): void {
    const word = this.hands.set(up)
    for (const { room } of this.#open()) void this.#tell(room, HAND_TOPIC, word)
    this.#onChange()
  }

  /** All feeds come from this connection now. */
  settle(connection: NodeConnection): void {
    if (this.#announced.has(connection)) return
    this.#announced.add(connection)
    void this.#tell(connection.room, SETTLED_TOPIC, '')
  }

  /** Everybody else on this connection has said so. */
  allSettled(connection: NodeConnection): boolean {
    const settled = this.#settled.get(connection)
    return [...connection.room.remoteParticipants.keys()].every((identity) => settled?.has(identity))
  }

  #onData(connection: NodeConnection, topic: string | undefined, identity: string, data: Uint8Array): void {
    if (topic === HAND_TOPIC) {
      if (this.hands.receive(identity, new TextDecoder().decode(data))) this.#onChange()
    } else if (topic === SETTLED_TOPIC) {
      const settled = this.#settled.get(connection) ?? new Set()
      this.#settled.set(connection, settled.add(identity))
    }
  }

  #onArrived(room: Room, identity: string): void {
    if (!this.hands.silent) void this.#tell(room, HAND_TOPIC, this.hands.word(), identity)
    if (this.#known.has(identity)) this.chat.arrivedAgain({ room, sure: true }, identity)
    else this.#known.add(identity)
  }

  async #tell({ localParticipant }: Room, topic: string, text: string, identity?: string): Promise<void> {
    const to = identity === undefined ? {} : { destinationIdentities: [identity] }
    try {
      await localParticipant.publishData(new TextEncoder().encode(text), { reliable: true, topic, ...to })
    } catch {
      // A link that broke: the next connection is announced again.
    }
  }

  #open(): NodeConnection[] {
    return this.#connections().filter(({ link }) => link === 'up' || link === 'degraded')
  }
}

const chatTargetOf = ({ room, link, silent }: NodeConnection): ChatTarget => ({
  room,
  sure: link === 'up' && !silent,
})
