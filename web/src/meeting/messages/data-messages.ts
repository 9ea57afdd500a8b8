import { RoomEvent, type Participant, type Room } from 'livekit-client'
import { CHAT_TOPIC, ChatLog, type ChatLine } from './chat-log.ts'
import { HAND_TOPIC, Hands } from './raised-hands.ts'
import type { Slot } from '../connections/connection.ts'

/** Told to the others on a node once all we see and hear of them comes from there. */
const SETTLED_TOPIC = 'levee-settled'

/**
 * Everything that people say by data message: chat, hands, and that they have arrived. It stands above the slots:
 * each slot that opens is told again what its people may have missed.
 */
export class Talk {
  readonly chat: ChatLog
  readonly hands = new Hands()
  readonly #slots: () => readonly Slot[]
  readonly #onChange: () => void
  /** Everybody who has been here: whoever of them arrives comes from another node. */
  readonly #known = new Set<string>()
  /** By slot, who has said that they are settled there. */
  readonly #settled = new WeakMap<Slot, Set<string>>()
  readonly #told = new WeakSet<Slot>()

  constructor(slots: () => readonly Slot[], onChange: () => void) {
    this.#slots = slots
    this.#onChange = onChange
    this.chat = new ChatLog(() => this.#open().map(lineOf))
  }

  /** Listens to a slot, before it connects. */
  attach(slot: Slot): void {
    const { room } = slot
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
      if (from) this.#onData(slot, topic, from.identity, data)
    }
    const onArrived = ({ identity }: Participant) => this.#onArrived(room, identity)
    room.on(RoomEvent.DataReceived, onData)
    room.on(RoomEvent.ParticipantActive, onArrived)
    slot.stops.push(
      () => room.off(RoomEvent.DataReceived, onData),
      () => room.off(RoomEvent.ParticipantActive, onArrived),
      () => room.unregisterTextStreamHandler(CHAT_TOPIC),
    )
  }

  /** The connection of a slot stands, for the first time or anew. */
  opened({ room }: Slot): void {
    for (const identity of room.remoteParticipants.keys()) this.#known.add(identity)
    this.chat.opened({ room, sure: true })
    if (!this.hands.silent) void this.#tell(room, HAND_TOPIC, this.hands.word())
  }

  setHand(up: boolean): void {
    const word = this.hands.set(up)
    for (const { room } of this.#open()) void this.#tell(room, HAND_TOPIC, word)
    this.#onChange()
  }

  /** All feeds come from this slot now. */
  settle(slot: Slot): void {
    if (this.#told.has(slot)) return
    this.#told.add(slot)
    void this.#tell(slot.room, SETTLED_TOPIC, '')
  }

  /** Everybody else on this slot has said so. */
  allSettled(slot: Slot): boolean {
    const settled = this.#settled.get(slot)
    return [...slot.room.remoteParticipants.keys()].every((identity) => settled?.has(identity))
  }

  #onData(slot: Slot, topic: string | undefined, identity: string, data: Uint8Array): void {
    if (topic === HAND_TOPIC) {
      if (this.hands.receive(identity, new TextDecoder().decode(data))) this.#onChange()
    } else if (topic === SETTLED_TOPIC) {
      const settled = this.#settled.get(slot) ?? new Set()
      this.#settled.set(slot, settled.add(identity))
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
      // A line that broke: the next slot is told again.
    }
  }

  #open(): Slot[] {
    return this.#slots().filter(({ line }) => line === 'up' || line === 'shaky')
  }
}

const lineOf = ({ room, line, silent }: Slot): ChatLine => ({ room, sure: line === 'up' && !silent })
