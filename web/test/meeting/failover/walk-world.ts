// A model of the surroundings of the failover's reducer: it records effects and checks that the invariants hold.
import assert from 'node:assert/strict'
import { works, type ConnectionState } from '../../../src/meeting/connections/connection.ts'
import type { Effect, FailoverEvent, NewEvent } from '../../../src/meeting/failover/machine/events.ts'
import type { next } from '../../../src/meeting/failover/machine/next.ts'
import {
  activeOf,
  INITIAL_STATE,
  standbyOf,
  type FailoverState,
} from '../../../src/meeting/failover/machine/state.ts'
import { sendPolicy } from '../../../src/meeting/failover/send-policy.ts'
import { isOlderEpoch } from '@levee/control-plane/protocol/epochs'

type Next = typeof next

/** The loops and timers that effects start and stop. */
type Running = 'rejoin' | 'probe' | 'media-monitor' | 'standby-timer' | 'handover-timer'

const STARTS: Partial<Record<Effect['type'], Running>> = {
  'start-rejoin': 'rejoin',
  'start-probe': 'probe',
  'start-media-monitor': 'media-monitor',
  'start-standby-timer': 'standby-timer',
  'start-handover-timer': 'handover-timer',
}
const STOPS: Partial<Record<Effect['type'], Running>> = {
  'stop-rejoin': 'rejoin',
  'close-rejoin': 'rejoin',
  'stop-probe': 'probe',
  'stop-media-monitor': 'media-monitor',
  'stop-standby-timer': 'standby-timer',
  'stop-handover-timer': 'handover-timer',
}

export class World {
  state: FailoverState = INITIAL_STATE
  nowMs = 1_000_000
  /** Rooms that were opened, and whether they are still joined. */
  readonly rooms = new Map<number, 'joined' | 'left'>()
  readonly running = new Set<Running>()
  /** Effects that were emitted at least once. */
  readonly seen = new Set<string>()
  readonly #next: Next

  constructor(next: Next) {
    this.#next = next
  }

  get ended(): boolean {
    return this.state.phase === 'ended'
  }

  /** A copy that can take other steps. */
  branch(): World {
    const copy = new World(this.#next)
    copy.state = this.state
    copy.nowMs = this.nowMs
    for (const [id, room] of this.rooms) copy.rooms.set(id, room)
    for (const one of this.running) copy.running.add(one)
    return copy
  }

  step(event: NewEvent): void {
    const before = deepFreeze(this.state)
    const stamped: FailoverEvent = { ...event, nowMs: this.nowMs }
    const { state, effects } = pure(() => this.#next(before, stamped))
    assert.deepEqual(this.#next(before, stamped), { state, effects }, 'pure: the same event, the same result')
    if (before.phase === 'ended')
      assert.ok(state === before && effects.length === 0, 'end is final: nothing happens afterwards')
    this.state = state
    for (const effect of effects) this.#carryOut(effect)
    if (event.type === 'rejoin-refused' && !event.retryable) this.running.delete('rejoin')
    this.#check(before)
  }

  #carryOut(effect: Effect): void {
    this.seen.add(effect.type)
    const started = STARTS[effect.type]
    const stopped = STOPS[effect.type]
    if (started) this.running.add(started)
    if (stopped) this.running.delete(stopped)
    if (!('id' in effect)) return
    const { id, type } = effect
    if (type === 'open') {
      assert.ok(!this.rooms.has(id), 'ids: never used twice')
      this.rooms.set(id, 'joined')
      return
    }
    // Publishers are local: they may be dropped after the room was left.
    if (type !== 'unpublish')
      assert.equal(this.rooms.get(id), 'joined', `closed connection: ${type} for a room that is not joined`)
    if (type === 'disconnect') this.rooms.set(id, 'left')
  }

  #check(before: FailoverState): void {
    const { connections, phase, answer } = this.state
    const ids = connections.map(({ id }) => id)
    assert.equal(new Set(ids).size, ids.length, 'ids: unique')
    for (const { id, role, disconnected } of connections) {
      const room = this.rooms.get(id)
      assert.ok(room, `role without a connection: ${role} ${id} was never opened`)
      assert.equal(
        room,
        disconnected ? 'left' : 'joined',
        `role without a connection: ${role} ${id} is ${room}`,
      )
      if (disconnected) assert.equal(role, 'previous', 'role without a connection: left, but still in use')
    }
    for (const [id, room] of this.rooms)
      if (room === 'joined') assert.ok(ids.includes(id), `forgotten room: ${id} is joined and in no role`)
    const count = (wanted: ConnectionState['role']) =>
      connections.filter(({ role }) => role === wanted).length
    if (answer && phase !== 'ended') assert.equal(count('active'), 1, 'one active connection')
    assert.ok(count('standby') <= 1, 'one standby at most')
    for (const connection of connections) checkFlags(connection)
    this.#checkActivity()
    checkEpochs(before, this.state)
    if (phase === 'ended') this.#checkEnd()
  }

  #checkActivity(): void {
    const { phase, connections, rejoining, probing } = this.state
    const has = (role: ConnectionState['role']) => connections.some((connection) => connection.role === role)
    assert.equal(
      this.running.has('rejoin'),
      rejoining,
      'loops: rejoin is called exactly when the state says so',
    )
    assert.equal(this.running.has('probe'), probing, 'loops: the probe runs when the state says so')
    assert.equal(
      this.running.has('media-monitor'),
      phase === 'running',
      'loops: media is watched while running',
    )
    if (has('previous')) assert.ok(this.running.has('handover-timer'), 'handover: previous ones are watched')
    const active = activeOf(this.state)
    if (phase !== 'running' || !active) return
    const broken = ['degraded', 'reconnecting', 'closed'].includes(active.link)
    if (broken) assert.ok(rejoining, 'asking: while the active link is broken, rejoin is called')
    const standby = standbyOf(this.state)
    const sendsAll = (connection: ConnectionState) => {
      const { sound, picture } = sendPolicy(connection, connections)
      return sound && picture
    }
    if (works(active)) assert.ok(sendsAll(active), 'sending: a working active connection gets everything')
    else if (broken && standby?.link === 'up')
      assert.ok(sendsAll(standby), 'sending: a standby gets everything while the active link is broken')
  }

  #checkEnd(): void {
    assert.deepEqual([...this.running], [], 'end is final: every loop and timer is stopped')
    assert.deepEqual(this.state.connections, [], 'end is final: no connection is left')
    assert.ok(this.state.endReason, 'end is final: with a reason')
  }
}

function checkFlags({ id, role, link, promoted, mirrored, silent, unreachable }: ConnectionState): void {
  if (role !== 'standby') assert.ok(!promoted && !mirrored, `flags: ${id} is ${role}, promoted or mirrored`)
  if (unreachable) assert.notEqual(link, 'up', `flags: ${id} is up and unreachable`)
  if (link === 'connecting') assert.ok(!silent && !unreachable, `flags: ${id} is connecting and given up`)
}

/** The meeting moves forward, except into and out of an offline series of epochs. */
function checkEpochs(before: FailoverState, after: FailoverState): void {
  const [from, to] = [activeOf(before), activeOf(after)]
  if (from && to && before.phase === 'running')
    assert.ok(!isOlderEpoch(to.epoch, from.epoch), `epochs: from ${from.epoch} back to ${to.epoch}`)
}

function pure<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof TypeError) assert.fail(`pure: the state was written to (${error.message})`)
    throw error
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) deepFreeze(part)
  return value
}
