import { DisconnectReason, RoomEvent, type Room } from 'livekit-client'
import { onTokenRefreshed } from './refreshed-token.ts'
import { onRoomChange, type Link, type Role, type NodeConnection } from './connection.ts'
import type { NodeAccess } from '@levee/control-plane/contract'
import { onSocketClosed } from './socket-watch.ts'

export type ConnectionEvents = {
  onOpening: (connection: NodeConnection) => void
  /** Something that the page shows has changed. */
  onChange: () => void
  onLinkChange: (connection: NodeConnection, before: Link) => void
  /** The node has let us in; media is still on its access. */
  onSignalConnected: (connection: NodeConnection) => void
  /** The node asks its people to ask the control plane. */
  onMetadata: (connection: NodeConnection) => void
  /** A person's place was taken away on purpose. */
  onThrownOut: (connection: NodeConnection, why: 'removed' | 'elsewhere') => void
}

let connections = 0

/** The connections that there are, and what is known of each link. Decides nothing. */
export class Connections {
  #list: NodeConnection[] = []
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
  get previous(): NodeConnection[] {
    return this.#list.filter(({ role }) => role === 'previous')
  }

  /** A connection that connects from now on; `opened` rejects when it did not. */
  open(access: NodeAccess, role: Role, room: Room): { connection: NodeConnection; opened: Promise<void> } {
    const connection: NodeConnection = {
      id: ++connections,
      access,
      epoch: access.epoch,
      room,
      role,
      roleSinceMs: Date.now(),
      link: 'connecting',
      linkSinceMs: Date.now(),
      overdue: false,
      promoted: false,
      mirrored: false,
      sound: false,
      silent: false,
      unreachable: false,
      socketObserved: () => false,
      cleanups: [],
    }
    this.#list = [...this.#list, connection]
    this.#listen(connection)
    this.#events.onOpening(connection)
    const opened = this.#connect(room, access).then(
      () => this.#setLine(connection, 'up'),
      (error: unknown) => {
        this.#setLine(connection, 'closed')
        throw error
      },
    )
    // Who only watches the link need not hear of it.
    opened.catch(() => undefined)
    return { connection, opened }
  }

  setRole(connection: NodeConnection, role: Role): void {
    connection.role = role
    connection.roleSinceMs = Date.now()
    connection.promoted = false
    connection.mirrored = false
  }

  /** Leaves the room without a word from it; the connection may stay for a while as the memory of who was there. */
  hangUp(connection: NodeConnection): void {
    for (const stop of connection.cleanups.splice(0)) stop()
    connection.link = 'closed'
    void connection.room.disconnect(false)
  }

  /** Hangs up and forgets. */
  close(connection: NodeConnection): void {
    this.hangUp(connection)
    this.#list = this.#list.filter((other) => other !== connection)
  }

  #listen(connection: NodeConnection): void {
    const { room, cleanups } = connection
    const on: Room['on'] = (event, listener) => {
      cleanups.push(() => room.off(event, listener))
      return room.on(event, listener)
    }
    cleanups.push(onRoomChange(room, this.#events.onChange))
    // In the order in which they come when a node dies.
    const socket = onSocketClosed(connection.access.serverUrl, () => this.#onSocketClosed(connection))
    connection.socketObserved = socket.seen
    cleanups.push(socket.stop)
    cleanups.push(onTokenRefreshed(room, (refreshedToken) => (connection.refreshedToken = refreshedToken)))
    // Said again when LiveKit starts a session anew; then it publishes by itself.
    on(
      RoomEvent.SignalConnected,
      () => connection.link === 'connecting' && this.#events.onSignalConnected(connection),
    )
    on(RoomEvent.SignalReconnecting, () => this.#falter(connection))
    on(RoomEvent.Reconnecting, () => this.#setLine(connection, 'reconnecting'))
    on(RoomEvent.Reconnected, () => this.#setLine(connection, 'up'))
    on(RoomEvent.Disconnected, (reason) => this.#onDisconnected(connection, reason))
    on(RoomEvent.RoomMetadataChanged, () => this.#events.onMetadata(connection))
  }

  /** A second one that was let in and closed: the node is there again, but it does not know us any more. */
  #onSocketClosed(connection: NodeConnection): void {
    if (connection.link === 'degraded') this.#setLine(connection, 'reconnecting')
    else this.#falter(connection)
  }

  #falter(connection: NodeConnection): void {
    if (connection.link === 'up') this.#setLine(connection, 'degraded')
  }

  #onDisconnected(connection: NodeConnection, reason: DisconnectReason | undefined): void {
    if (reason === DisconnectReason.PARTICIPANT_REMOVED) this.#events.onThrownOut(connection, 'removed')
    else if (reason === DisconnectReason.DUPLICATE_IDENTITY) this.#events.onThrownOut(connection, 'elsewhere')
    // Anything else may be a node that went away, a meeting that moved or ended, a page that slept.
    else this.#setLine(connection, 'closed')
  }

  #setLine(connection: NodeConnection, link: Link): void {
    const before = connection.link
    if (before === link || !this.#list.includes(connection) || connection.cleanups.length === 0) return
    connection.link = link
    connection.linkSinceMs = Date.now()
    if (link === 'up') connection.silent = connection.unreachable = false
    this.#events.onLinkChange(connection, before)
    if (link === 'up') this.#events.onMetadata(connection)
  }
}
