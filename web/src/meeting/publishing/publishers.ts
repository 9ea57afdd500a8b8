import type { OwnMedia } from '../../devices/local-media.ts'
import { Publisher, type SendPolicy } from './publisher.ts'
import type { NodeConnection } from '../connections/connection.ts'

/** One sender for each connection whose connection has stood. */
export class Publishers {
  readonly #publishers = new Map<NodeConnection, { sender: Publisher; key: string }>()
  readonly #own: OwnMedia

  constructor(own: OwnMedia) {
    this.#own = own
  }

  /** The connection stands: what is wanted by now goes out. */
  start(connection: NodeConnection, sendPolicy: SendPolicy): void {
    const had = this.#publishers.get(connection)
    const rests = () => connection.role === 'standby'
    const sender = had?.sender ?? new Publisher(connection.room, this.#own, { small: rests(), rests })
    this.#publishers.set(connection, { sender, key: keyOf(sendPolicy) })
    void sender.sync(sendPolicy)
  }

  /** What goes out where may have changed. */
  adjust(sendPolicyFor: (connection: NodeConnection) => SendPolicy): void {
    for (const [connection, one] of this.#publishers) {
      const sendPolicy = sendPolicyFor(connection)
      const key = keyOf(sendPolicy)
      if (key === one.key) continue
      one.key = key
      void one.sender.sync(sendPolicy)
    }
  }

  /** The person has switched something. */
  sync(): void {
    for (const { sender } of this.#publishers.values()) void sender.sync()
  }

  drop(connection: NodeConnection): void {
    this.#publishers.get(connection)?.sender.close()
    this.#publishers.delete(connection)
  }

  close(): void {
    for (const { sender } of this.#publishers.values()) sender.close()
    this.#publishers.clear()
  }
}

const keyOf = ({ sound, picture, lowFrameRate = false }: SendPolicy) => `${sound}/${picture}/${lowFrameRate}`
