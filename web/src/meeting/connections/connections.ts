import type { NodeAccess } from '@levee/control-plane/contract'
import { DisconnectReason, RoomEvent, type Room } from 'livekit-client'
import { onRenewed } from './refreshed-token.ts'
import { onSlotChange, type Line, type Role, type Slot } from './connection.ts'
import { onSocketClosed } from './socket-watch.ts'

export type SlotEvents = {
  onOpening: (slot: Slot) => void
  /** Something that the page shows has changed. */
  onChange: () => void
  onLine: (slot: Slot, before: Line) => void
  /** The node has let us in; media is still on its way. */
  onLetIn: (slot: Slot) => void
  /** The node asks its people to ask the control plane. */
  onMetadata: (slot: Slot) => void
  /** A person's place was taken away on purpose. */
  onThrownOut: (slot: Slot, why: 'removed' | 'elsewhere') => void
}

let slots = 0

/** The connections that there are, and what is known of each line. Decides nothing. */
export class Slots {
  #list: Slot[] = []
  readonly #events: SlotEvents
  readonly #connect: (room: Room, way: NodeAccess) => Promise<void>

  constructor(connect: (room: Room, way: NodeAccess) => Promise<void>, events: SlotEvents) {
    this.#connect = connect
    this.#events = events
  }

  get all(): readonly Slot[] {
    return this.#list
  }
  get active(): Slot | undefined {
    return this.#list.find(({ role }) => role === 'active')
  }
  get standby(): Slot | undefined {
    return this.#list.find(({ role }) => role === 'standby')
  }
  get leaving(): Slot[] {
    return this.#list.filter(({ role }) => role === 'leaving')
  }

  /** A slot that connects from now on; `opened` rejects when it did not. */
  open(way: NodeAccess, role: Role, room: Room): { slot: Slot; opened: Promise<void> } {
    const slot: Slot = {
      id: ++slots,
      way,
      epoch: way.epoch,
      room,
      role,
      roleSinceMs: Date.now(),
      line: 'opening',
      lineSinceMs: Date.now(),
      late: false,
      leads: false,
      echoes: false,
      sound: false,
      silent: false,
      gone: false,
      hooked: () => false,
      stops: [],
    }
    this.#list = [...this.#list, slot]
    this.#listen(slot)
    this.#events.onOpening(slot)
    const opened = this.#connect(room, way).then(
      () => this.#setLine(slot, 'up'),
      (error: unknown) => {
        this.#setLine(slot, 'closed')
        throw error
      },
    )
    // Who only watches the line need not hear of it.
    opened.catch(() => undefined)
    return { slot, opened }
  }

  setRole(slot: Slot, role: Role): void {
    slot.role = role
    slot.roleSinceMs = Date.now()
    slot.leads = false
    slot.echoes = false
  }

  /** Leaves the room without a word from it; the slot may stay for a while as the memory of who was there. */
  hangUp(slot: Slot): void {
    for (const stop of slot.stops.splice(0)) stop()
    slot.line = 'closed'
    void slot.room.disconnect(false)
  }

  /** Hangs up and forgets. */
  close(slot: Slot): void {
    this.hangUp(slot)
    this.#list = this.#list.filter((other) => other !== slot)
  }

  #listen(slot: Slot): void {
    const { room, stops } = slot
    const on: Room['on'] = (event, listener) => {
      stops.push(() => room.off(event, listener))
      return room.on(event, listener)
    }
    stops.push(onSlotChange(room, this.#events.onChange))
    // In the order in which they come when a node dies.
    const socket = onSocketClosed(slot.way.serverUrl, () => this.#onSocketClosed(slot))
    slot.hooked = socket.seen
    stops.push(socket.stop)
    stops.push(onRenewed(room, (renewed) => (slot.renewed = renewed)))
    // Said again when LiveKit starts a session anew; then it publishes by itself.
    on(RoomEvent.SignalConnected, () => slot.line === 'opening' && this.#events.onLetIn(slot))
    on(RoomEvent.SignalReconnecting, () => this.#falter(slot))
    on(RoomEvent.Reconnecting, () => this.#setLine(slot, 'cut'))
    on(RoomEvent.Reconnected, () => this.#setLine(slot, 'up'))
    on(RoomEvent.Disconnected, (reason) => this.#onDisconnected(slot, reason))
    on(RoomEvent.RoomMetadataChanged, () => this.#events.onMetadata(slot))
  }

  /** A second one that was let in and closed: the node is there again, but it does not know us any more. */
  #onSocketClosed(slot: Slot): void {
    if (slot.line === 'shaky') this.#setLine(slot, 'cut')
    else this.#falter(slot)
  }

  #falter(slot: Slot): void {
    if (slot.line === 'up') this.#setLine(slot, 'shaky')
  }

  #onDisconnected(slot: Slot, reason: DisconnectReason | undefined): void {
    if (reason === DisconnectReason.PARTICIPANT_REMOVED) this.#events.onThrownOut(slot, 'removed')
    else if (reason === DisconnectReason.DUPLICATE_IDENTITY) this.#events.onThrownOut(slot, 'elsewhere')
    // Anything else may be a node that went away, a meeting that moved or ended, a page that slept.
    else this.#setLine(slot, 'closed')
  }

  #setLine(slot: Slot, line: Line): void {
    const before = slot.line
    if (before === line || !this.#list.includes(slot) || slot.stops.length === 0) return
    slot.line = line
    slot.lineSinceMs = Date.now()
    if (line === 'up') slot.silent = slot.gone = false
    this.#events.onLine(slot, before)
    if (line === 'up') this.#events.onMetadata(slot)
  }
}
