import type { NodeAccess } from '@levee/control-plane/contract'
import { DisconnectReason, RoomEvent, type Room } from 'livekit-client'
import type { ConnectionState, NodeConnection } from './connection.ts'
import type { LinkSignal } from './link-signal.ts'
import { onTokenRefreshed, type RefreshedToken } from './refreshed-token.ts'
import { onRoomChange } from './room-changes.ts'
import { observeSocket } from './socket-watch.ts'

export type ConnectionEvents = {
  /** Something that the page shows has changed. */
  onChange: () => void
  onLinkSignal: (connection: NodeConnection, signal: LinkSignal) => void
  /** The node has accepted the join; media is not connected yet. */
  onSignalConnected: (connection: NodeConnection) => void
  /** The room's metadata, which carries messages of the node, may have changed. */
  onMetadata: (connection: NodeConnection) => void
  /** The participant was removed on purpose, or joined from another page. */
  onEvicted: (connection: NodeConnection, why: 'removed' | 'elsewhere') => void
  onTokenRefreshed: (connection: NodeConnection, token: RefreshedToken) => void
}

/** The LiveKit rooms behind the state machine's connections. Reports what happens to them and decides nothing. */
export class Connections {
  #list: readonly NodeConnection[] = []
  readonly #byId = new Map<number, NodeConnection>()
  readonly #events: ConnectionEvents
  readonly #connect: (room: Room, access: NodeAccess) => Promise<void>

  constructor(connect: (room: Room, access: NodeAccess) => Promise<void>, events: ConnectionEvents) {
    this.#connect = connect
    this.#events = events
  }

  get all(): readonly NodeConnection[] {
    return this.#list
  }
  get active(): NodeConnection | undefined {
    return this.#list.find(({ role }) => role === 'active')
  }
  get standby(): NodeConnection | undefined {
    return this.#list.find(({ role }) => role === 'standby')
  }
  get previous(): readonly NodeConnection[] {
    return this.#list.filter(({ role }) => role === 'previous')
  }
  get(id: number): NodeConnection | undefined {
    return this.#byId.get(id)
  }

  /** Copies the states of a transition into the connections that are open. */
  apply(states: readonly ConnectionState[]): void {
    this.#list = states.flatMap((state) => {
      const connection = this.#byId.get(state.id)
      return connection ? [Object.assign(connection, state)] : []
    })
  }

  /** Adds a connection without connecting it. */
  add(state: ConnectionState, room: Room): NodeConnection {
    const cleanups: (() => void)[] = []
    const { serverUrl } = state.access
    const socket = observeSocket(serverUrl, () => this.#events.onLinkSignal(connection, 'socket-closed'))
    const connection: NodeConnection = { ...state, room, cleanups, socketObserved: socket.seen }
    this.#byId.set(state.id, connection)
    this.#list = [...this.#list, connection]
    this.#listen(connection, socket.stop)
    return connection
  }

  /** Rejects when the connection fails; `onLinkSignal` is called before that. */
  connect(connection: NodeConnection): Promise<void> {
    const opened = this.#connect(connection.room, connection.access).then(
      () => this.#onConnected(connection, 'connected'),
      (error: unknown) => {
        this.#events.onLinkSignal(connection, 'failed')
        throw error
      },
    )
    // Most callers only watch the link, so a rejection is not an unhandled one.
    opened.catch(() => undefined)
    return opened
  }

  /** Leaves the LiveKit room and stops listening to it. */
  disconnect(connection: NodeConnection): void {
    for (const cleanup of connection.cleanups.splice(0)) cleanup()
    // The state machine may have removed it already, so that `apply` does not reach it.
    Object.assign(connection, { link: 'closed', disconnected: true } satisfies Partial<ConnectionState>)
    void connection.room.disconnect(false)
  }

  /** Forgets connections that the state machine has removed, once its effects have been carried out. */
  prune(): void {
    for (const [id, connection] of this.#byId) if (!this.#list.includes(connection)) this.#byId.delete(id)
  }

  #listen(connection: NodeConnection, stopSocket: () => void): void {
    const { room, cleanups } = connection
    const { onChange, onLinkSignal, onSignalConnected, onMetadata, onTokenRefreshed: onToken } = this.#events
    const on: Room['on'] = (event, listener) => {
      cleanups.push(() => room.off(event, listener))
      return room.on(event, listener)
    }
    cleanups.push(onRoomChange(room, onChange))
    cleanups.push(stopSocket)
    cleanups.push(onTokenRefreshed(room, (token) => onToken(connection, token)))
    // In the order in which LiveKit emits them when a node dies.
    on(RoomEvent.SignalConnected, () => onSignalConnected(connection))
    on(RoomEvent.SignalReconnecting, () => onLinkSignal(connection, 'signal-lost'))
    on(RoomEvent.Reconnecting, () => onLinkSignal(connection, 'media-lost'))
    on(RoomEvent.Reconnected, () => this.#onConnected(connection, 'recovered'))
    on(RoomEvent.Disconnected, (reason) => this.#onDisconnected(connection, reason))
    on(RoomEvent.RoomMetadataChanged, () => onMetadata(connection))
  }

  /** Also reads what the node wrote while we were disconnected. */
  #onConnected(connection: NodeConnection, signal: 'connected' | 'recovered'): void {
    this.#events.onLinkSignal(connection, signal)
    if (connection.link === 'up') this.#events.onMetadata(connection)
  }

  #onDisconnected(connection: NodeConnection, reason: DisconnectReason | undefined): void {
    if (reason === DisconnectReason.PARTICIPANT_REMOVED) this.#events.onEvicted(connection, 'removed')
    else if (reason === DisconnectReason.DUPLICATE_IDENTITY) this.#events.onEvicted(connection, 'elsewhere')
    // Any other reason: the node stopped, the meeting moved or ended, or the page was asleep.
    else this.#events.onLinkSignal(connection, 'disconnected')
  }
}
