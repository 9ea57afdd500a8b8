import type { OwnMedia } from '../../devices/local-media.ts'
import { SlotSender, type Sending } from './publisher.ts'
import type { Slot } from '../connections/connection.ts'

/** One sender for each slot whose connection has stood. */
export class Senders {
  readonly #senders = new Map<Slot, { sender: SlotSender; key: string }>()
  readonly #own: OwnMedia

  constructor(own: OwnMedia) {
    this.#own = own
  }

  /** The connection stands: what is wanted by now goes out. */
  start(slot: Slot, sending: Sending): void {
    const had = this.#senders.get(slot)
    const rests = () => slot.role === 'standby'
    const sender = had?.sender ?? new SlotSender(slot.room, this.#own, { small: rests(), rests })
    this.#senders.set(slot, { sender, key: keyOf(sending) })
    void sender.sync(sending)
  }

  /** What goes out where may have changed. */
  adjust(sendingOn: (slot: Slot) => Sending): void {
    for (const [slot, one] of this.#senders) {
      const sending = sendingOn(slot)
      const key = keyOf(sending)
      if (key === one.key) continue
      one.key = key
      void one.sender.sync(sending)
    }
  }

  /** The person has switched something. */
  sync(): void {
    for (const { sender } of this.#senders.values()) void sender.sync()
  }

  drop(slot: Slot): void {
    this.#senders.get(slot)?.sender.close()
    this.#senders.delete(slot)
  }

  close(): void {
    for (const { sender } of this.#senders.values()) sender.close()
    this.#senders.clear()
  }
}

const keyOf = ({ sound, picture, fewFrames = false }: Sending) => `${sound}/${picture}/${fewFrames}`
