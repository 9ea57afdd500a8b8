import type { NodeAccess } from '@levee/control-plane/contract'
import { works, type ConnectionState, type Role } from '../../connections/connection.ts'
import type { Effect } from './events.ts'
import { activeOf, previousOf, standbyOf, type FailoverState } from './state.ts'

/**
 * One transition while it is computed: the state so far and the effects so far. Lives for one call of `next`; the state
 * that was passed in is never changed.
 */
export class Transition {
  state: FailoverState
  readonly effects: Effect[] = []
  readonly nowMs: number
  /** Whether the page has to be refreshed at the end. */
  changed = false

  constructor(state: FailoverState, nowMs: number) {
    this.state = state
    this.nowMs = nowMs
  }

  get active(): ConnectionState | undefined {
    return activeOf(this.state)
  }
  get standby(): ConnectionState | undefined {
    return standbyOf(this.state)
  }
  get previous(): ConnectionState[] {
    return previousOf(this.state)
  }
  find(id: number): ConnectionState | undefined {
    return this.state.connections.find((connection) => connection.id === id)
  }

  emit(...effects: Effect[]): void {
    this.effects.push(...effects)
  }

  set(change: Partial<FailoverState>): void {
    this.state = { ...this.state, ...change }
  }

  update(id: number, change: Partial<ConnectionState>): void {
    this.set({
      connections: this.state.connections.map((connection) =>
        connection.id === id ? { ...connection, ...change } : connection,
      ),
    })
  }

  setRole({ id }: ConnectionState, role: Role): void {
    this.update(id, { role, roleSinceMs: this.nowMs, promoted: false, mirrored: false })
  }

  open(access: NodeAccess, role: Role, soundRunning = false): void {
    const { nextId: id, connections, phase } = this.state
    const opened: ConnectionState = {
      id,
      access,
      epoch: access.epoch,
      role,
      roleSinceMs: this.nowMs,
      link: 'connecting',
      linkSinceMs: this.nowMs,
      disconnected: false,
      overdue: false,
      promoted: false,
      mirrored: false,
      soundRunning,
      silent: false,
      unreachable: false,
    }
    this.set({ nextId: id + 1, connections: [...connections, opened] })
    const isPlannedMove = role === 'active' && this.previous.some(works)
    const takeSmall = phase === 'starting' ? 'none' : isPlannedMove ? 'films' : 'all'
    this.emit({ type: 'open', id, takeSmall })
  }

  /** Leaves the LiveKit room; the connection stays to remember who was there. */
  disconnect({ id, disconnected }: ConnectionState): void {
    if (disconnected) return
    this.update(id, { link: 'closed', disconnected: true })
    this.emit({ type: 'disconnect', id })
  }

  /** Leaves the room and forgets the connection. */
  remove(connection: ConnectionState): void {
    const { id } = connection
    this.disconnect(connection)
    this.set({ connections: this.state.connections.filter((other) => other.id !== id) })
    this.emit({ type: 'unpublish', id })
  }
}
