import type { LocalMedia } from '../../devices/local-media.ts'
import type { NodeConnection } from '../connections/connection.ts'
import type { SendPolicy } from '../failover/send-policy.ts'
import { Publisher } from './publisher.ts'

/** A publisher for each connection that has been accepted by its node. */
export class Publishers {
  readonly #publishers = new Map<NodeConnection, { publisher: Publisher; key: string }>()
  readonly #own: LocalMedia

  constructor(own: LocalMedia) {
    this.#own = own
  }

  /** The connection can send: publishes what is turned on. */
  start(connection: NodeConnection, policy: SendPolicy): void {
    const rests = () => connection.role === 'standby'
    const known = this.#publishers.get(connection)?.publisher
    const publisher = known ?? new Publisher(connection.room, this.#own, { small: rests(), rests })
    this.#publishers.set(connection, { publisher, key: keyOf(policy) })
    void publisher.sync(policy)
  }

  /** The policies may have changed. */
  adjust(policyFor: (connection: NodeConnection) => SendPolicy): void {
    for (const [connection, entry] of this.#publishers) {
      const policy = policyFor(connection)
      const key = keyOf(policy)
      if (key === entry.key) continue
      entry.key = key
      void entry.publisher.sync(policy)
    }
  }

  /** The participant has switched something on or off. */
  sync(): void {
    for (const { publisher } of this.#publishers.values()) void publisher.sync()
  }

  drop(connection: NodeConnection): void {
    this.#publishers.get(connection)?.publisher.close()
    this.#publishers.delete(connection)
  }

  close(): void {
    for (const { publisher } of this.#publishers.values()) publisher.close()
    this.#publishers.clear()
  }
}

const keyOf = ({ sound, picture, lowFrameRate = false }: SendPolicy) => `${sound}/${picture}/${lowFrameRate}`
