// A random walk through the failover's state machine: the invariants hold after any sequence of events.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seeded, type Random } from '../../../../deploy/stack/seeded-random.ts'
import { soakSize } from '../../../../deploy/stack/soak.ts'
import type { EndReason } from '../../../src/meeting/connections/connection-status.ts'
import type { ConnectionState } from '../../../src/meeting/connections/connection.ts'
import type { Effect, NewEvent } from '../../../src/meeting/failover/machine/events.ts'
import { next } from '../../../src/meeting/failover/machine/next.ts'
import { activeOf, type FailoverState } from '../../../src/meeting/failover/machine/state.ts'
import { viewFlags } from '../../../src/meeting/selection/connection-view.ts'
import { selectPeople, type ConnectionView } from '../../../src/meeting/selection/track-selector.ts'
import { answerOf } from '../fake-room.ts'
import { randomEvent } from './walk-events.ts'
import { World } from './walk-world.ts'

const WALKS = soakSize(3_000, 150)
const STEPS = 150
const PEOPLE = ['ann', 'bob', 'cem']

/** Walks from a fresh start; `each` is called after each step. */
function walk(world: World, random: Random, each: () => void = () => {}): void {
  world.step({ type: 'begin', answer: answerOf(1) })
  for (let step = 0; step < STEPS && !world.ended; step++) {
    world.nowMs += random.weighted([
      [0, 2],
      [random.below(100), 6],
      [random.below(3_000), 2],
      [random.below(100_000), 0.1],
    ])
    world.step(randomEvent(random, world.state))
    each()
  }
  // A few more after the end.
  for (let step = 0; step < 3; step++) world.step(randomEvent(random, world.state))
}

/** What each connection would show of a random set of people. */
function randomViews({ connections }: FailoverState, random: Random): ConnectionView<string>[] {
  return connections.map((connection) => ({
    id: connection.id,
    epoch: connection.epoch,
    ...viewFlags(connection),
    dead: connection.link === 'closed' || connection.link === 'reconnecting',
    people: PEOPLE.filter(() => random.chance(0.7)).map((identity) => ({
      identity,
      name: identity,
      isLocal: false,
      isHost: false,
      joinedAtMs: 0,
      ref: identity,
      tracks: [
        { source: 'microphone', muted: random.chance(0.3), delivers: random.chance(0.5), ref: identity },
      ],
    })),
  }))
}

/** The audio elements of the page: one per connection that has the track, of which the selected one is open. */
function openSounds(views: readonly ConnectionView<string>[], select: typeof selectPeople): string[] {
  return select(views).flatMap(({ identity, microphone }) => {
    if (!microphone) return []
    const elements = [microphone, ...microphone.behind]
    const keys = elements.map(({ connectionId }) => connectionId)
    assert.equal(new Set(keys).size, keys.length, `two sounds: an element of ${identity} is rendered twice`)
    return elements.filter((element) => element === microphone).map(() => identity)
  })
}

function checkSounds(state: FailoverState, random: Random, select = selectPeople): void {
  const open = openSounds(randomViews(state, random), select)
  assert.equal(
    new Set(open).size,
    open.length,
    `two sounds: two elements of one identity are open (${open.join(', ')})`,
  )
}

test('the invariants hold in every state that a random walk reaches', () => {
  const effects = new Set<string>()
  const reasons = new Set<EndReason | undefined>()
  const links = new Set<string>()
  for (let seed = 0; seed < WALKS; seed++) {
    const random = seeded(seed, 'failover-walk')
    const world = new World(next)
    try {
      walk(world, random, () => {
        checkSounds(world.state, random)
        for (const { role, link } of world.state.connections) links.add(`${role} ${link}`)
      })
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
    }
    for (const type of world.seen) effects.add(type)
    reasons.add(world.state.endReason)
  }
  // The walk must reach every kind of effect.
  assert.equal(effects.size, 28, [...effects].join(' '))
  assert.deepEqual([...reasons].map(String).toSorted(), ['elsewhere', 'ended', 'left', 'lost', 'undefined'])
  assert.ok(links.size >= 13, [...links].join(', '))
})

describe('every terminal state can be reached from every state', () => {
  const end: Record<EndReason, (world: World) => void> = {
    left: (world) => world.step({ type: 'leave', why: 'left' }),
    removed: (world) => world.step({ type: 'evicted', id: activeId(world), why: 'removed' }),
    elsewhere: (world) => world.step({ type: 'evicted', id: activeId(world), why: 'elsewhere' }),
    ended: (world) => world.step(refused('room_not_found')),
    lost: (world) => {
      world.step({ type: 'link-signal', id: activeId(world), signal: 'disconnected' })
      world.step(refused('rejoin_refused'))
    },
  }
  const refused = (code: 'room_not_found' | 'rejoin_refused'): NewEvent => ({
    type: 'rejoin-refused',
    refusal: { code },
    retryable: false,
  })
  const activeId = ({ state }: World) => activeOf(state)?.id ?? 0

  /** States along many walks, each with a world of its own. */
  function* states(): Generator<World> {
    for (let seed = 0; seed < WALKS / 10; seed++) {
      const random = seeded(seed, 'reachable')
      const world = new World(next)
      world.step({ type: 'begin', answer: answerOf(1) })
      for (let step = 0; step < STEPS && !world.ended; step++) {
        world.nowMs += random.below(400)
        world.step(randomEvent(random, world.state))
        if (step % 5 === 0 && !world.ended) yield world
      }
    }
  }

  for (const why of Object.keys(end) as EndReason[])
    test(`the end because: ${why}`, () => {
      for (const world of states()) {
        const branch = world.branch()
        end[why](branch)
        assert.equal(branch.state.endReason, why)
      }
    })

  test('one connection that works, and nothing under way', () => {
    for (const world of states()) {
      const branch = world.branch()
      recover(branch)
      const { phase, connections, rejoining, probing } = branch.state
      assert.deepEqual(
        { phase, rejoining, probing, roles: connections.map(({ role, link }) => `${role} ${link}`) },
        { phase: 'running', rejoining: false, probing: false, roles: ['active up'] },
      )
    }
  })

  /** What happens when the control plane answers, the node accepts us and media flows. */
  function recover(world: World): void {
    const { epoch } = activeOf(world.state) ?? { epoch: 0 }
    world.step({ type: 'rejoin-answered', answer: answerOf(epoch + 1) })
    const { id, link } = activeOf(world.state) ?? { id: 0 }
    if (link !== 'up')
      world.step({ type: 'link-signal', id, signal: link === 'degraded' ? 'recovered' : 'connected' })
    world.nowMs += 11_000
    world.step({ type: 'media-sampled', changed: false, split: false, arrivals: flowing(id) })
    world.step({ type: 'handover-due', facts: new Map(), allSettled: true })
  }
  const flowing = (id: number) => new Map([[id, { quietForMs: 0, several: true }]])
})

describe('each invariant can fail', () => {
  type Next = typeof next
  /** Changes what the reducer returns. */
  const broken =
    (
      change: (
        result: { state: FailoverState; effects: readonly Effect[] },
        event: NewEvent,
      ) => Partial<ReturnType<Next>>,
    ): Next =>
    (state, event) => {
      const result = next(state, event)
      return state.phase === 'ended' ? result : { ...result, ...change(result, event) }
    }
  const without = (type: Effect['type']) =>
    broken(({ effects }) => ({ effects: effects.filter((effect) => effect.type !== type) }))
  const everyConnection = (change: (connection: ConnectionState) => Partial<ConnectionState>) =>
    broken(({ state }) => ({
      state: {
        ...state,
        connections: state.connections.map((connection) => ({ ...connection, ...change(connection) })),
      },
    }))

  const mutants: Record<string, { invariant: RegExp; next?: Next; select?: typeof selectPeople }> = {
    'a previous connection stays active': {
      invariant: /^one active connection/,
      next: everyConnection(({ role }) => (role === 'previous' ? { role: 'active' } : {})),
    },
    'a previous connection becomes a standby': {
      invariant: /^one standby at most/,
      next: everyConnection(({ role, disconnected }) =>
        role === 'previous' && !disconnected ? { role: 'standby' } : {},
      ),
    },
    'a connection is not opened': { invariant: /^role without a connection/, next: without('open') },
    'the active room is left': {
      invariant: /^role without a connection/,
      next: everyConnection(({ role }) => (role === 'active' ? { disconnected: true } : {})),
    },
    'a room is not left': {
      invariant: /^(forgotten room|role without a connection)/,
      next: without('disconnect'),
    },
    'a connection is forgotten': {
      invariant: /^(forgotten room|one active connection)/,
      next: broken(({ state }) => ({ state: { ...state, connections: state.connections.slice(1) } })),
    },
    'a closed connection gets an effect': {
      invariant: /^closed connection/,
      next: broken(({ effects }) => ({
        effects: effects.flatMap((effect): Effect[] =>
          effect.type === 'disconnect'
            ? [effect, { type: 'set-retry-pace', id: effect.id, pace: 'none' }]
            : [effect],
        ),
      })),
    },
    'an id is used twice': {
      invariant: /^ids/,
      next: broken(({ state }) => ({ state: { ...state, nextId: 1 } })),
    },
    'an active connection is promoted': {
      invariant: /^flags/,
      next: everyConnection(() => ({ promoted: true })),
    },
    'a standby is never promoted': {
      invariant: /^sending/,
      next: everyConnection(() => ({ promoted: false })),
    },
    'rejoin is never called': { invariant: /^loops/, next: without('start-rejoin') },
    'rejoin is not called and the state says so': {
      invariant: /^asking/,
      next: broken(({ state, effects }) => ({
        state: { ...state, rejoining: false },
        effects: effects.filter(({ type }) => type !== 'start-rejoin'),
      })),
    },
    'a handover is not watched': { invariant: /^handover/, next: without('start-handover-timer') },
    'a timer outlives the meeting': { invariant: /^end is final/, next: without('stop-standby-timer') },
    'an outdated answer is followed': {
      invariant: /^epochs/,
      next: (state, event) => {
        const active = activeOf(state)
        if (event.type !== 'rejoin-answered' || !active) return next(state, event)
        const connections = state.connections.map((one) => (one === active ? { ...one, epoch: 0 } : one))
        return next({ ...state, connections }, event)
      },
    },
    'the state is mutated': {
      invariant: /^pure/,
      next: (state, event) => {
        ;(state as { pictureShown: boolean }).pictureShown = true
        return next(state, event)
      },
    },
    'the result is random': {
      invariant: /^pure/,
      next: broken(({ state }) => ({ state: { ...state, answeredMs: Math.random() } })),
    },
    'the sound of every connection is open': {
      invariant: /^two sounds/,
      select: (views) => views.flatMap((view) => selectPeople([view])),
    },
    'a connection is listed twice': {
      invariant: /^two sounds/,
      select: (views) => selectPeople([...views, ...views]),
    },
  }

  for (const [what, { invariant, next: mutant = next, select }] of Object.entries(mutants))
    test(what, () => {
      assert.throws(
        () => {
          for (let seed = 0; seed < WALKS; seed++) {
            const random = seeded(seed, 'failover-walk')
            const world = new World(mutant)
            walk(world, random, () => checkSounds(world.state, random, select))
          }
        },
        { message: invariant },
      )
    })
})
