import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CarriedRoom } from '@levee/control-plane/protocol/shapes/nodes'
import { roomChanges, type RoomsPart } from '../../src/reporting/room-changes.ts'
import { WHOLE_ROOMS_EVERY_REPORTS } from '../../src/tuning/reporting.ts'

const room = (name: string, participants = 2, tracks = 8): CarriedRoom => ({ name, participants, tracks })
const TAKEN = { wholeRooms: false, drop: [] }
/** No report carries all rooms merely because it is the 15th. */
const LATE = 1 - Number.EPSILON
const nothing = (since: number, rooms: number, participants: number): RoomsPart => ({
  rooms: [],
  since,
  gone: [],
  totals: { rooms, participants },
})

test('all rooms first, then only new, changed and ended ones', () => {
  const changes = roomChanges(LATE)
  assert.deepEqual(changes.next(1, [room('a~1'), room('b~1'), room('c~1')]), {
    rooms: [room('a~1'), room('b~1'), room('c~1')],
  })
  changes.accepted(TAKEN)
  assert.deepEqual(changes.next(2, [room('c~1'), room('a~1', 3), room('b~1', 2, 9), room('d~1', 0, 0)]), {
    rooms: [room('a~1', 3), room('b~1', 2, 9), room('d~1', 0, 0)],
    since: 1,
    gone: [],
    totals: { rooms: 4, participants: 7 },
  })
  changes.accepted(TAKEN)
  assert.deepEqual(changes.next(3, [room('d~1', 0, 0)]), {
    rooms: [],
    since: 2,
    gone: ['c~1', 'a~1', 'b~1'],
    totals: { rooms: 1, participants: 0 },
  })
  changes.accepted(TAKEN)
  assert.deepEqual(changes.next(4, [room('d~1', 0, 0)]), nothing(3, 1, 0))
})

test('after a failed reading the next report continues from what was received', () => {
  const changes = roomChanges(LATE)
  changes.next(1, [room('a~1'), room('b~1')])
  changes.accepted(TAKEN)
  for (const seq of [2, 3]) {
    assert.deepEqual(changes.next(seq, null), { rooms: null })
    changes.accepted(TAKEN)
  }
  assert.deepEqual(changes.next(4, [room('a~1', 5), room('b~1')]), {
    rooms: [room('a~1', 5)],
    since: 1,
    gone: [],
    totals: { rooms: 2, participants: 7 },
  })
})

test('forget() and a request of the control plane cause one report with all rooms', () => {
  const changes = roomChanges(LATE)
  const whole = { rooms: [room('a~1')] }
  changes.next(1, [room('a~1')])
  changes.forget()
  assert.deepEqual(changes.next(2, [room('a~1')]), whole)
  changes.accepted({ wholeRooms: true, drop: [] })
  assert.deepEqual(changes.next(3, [room('a~1')]), whole)
  changes.accepted(TAKEN)
  assert.deepEqual(changes.next(4, [room('a~1')]), nothing(3, 1, 2))
  // forget() during a report still applies after its answer.
  changes.forget()
  changes.accepted(TAKEN)
  assert.deepEqual(changes.next(5, [room('a~1')]), whole)
})

test('a room to be dropped is sent until it has ended, and then as ended', () => {
  const changes = roomChanges(LATE)
  const rooms = [room('a~1'), room('b~1')]
  changes.next(1, rooms)
  changes.accepted({ wholeRooms: false, drop: ['b~1', 'never-here~1'] })
  assert.deepEqual(changes.next(2, rooms).rooms, [room('b~1')])
  changes.accepted({ wholeRooms: false, drop: ['b~1'] })
  assert.deepEqual(changes.next(3, rooms).rooms, [room('b~1')])
  changes.accepted({ wholeRooms: false, drop: ['b~1'] })
  assert.deepEqual(changes.next(4, [room('a~1')]), { ...nothing(3, 1, 2), gone: ['b~1'] })
  changes.accepted(TAKEN)
  assert.deepEqual(changes.next(5, [room('a~1')]), nothing(4, 1, 2))
})

for (const phase of [0, 0.5, LATE])
  test(`every ${WHOLE_ROOMS_EVERY_REPORTS}th report carries all rooms, from a phase of its own (${phase.toFixed(1)})`, () => {
    const changes = roomChanges(phase)
    const whole: number[] = []
    for (let seq = 1; seq <= 100; seq += 1) {
      if (changes.next(seq, [room('a~1')]).since === undefined) whole.push(seq)
      changes.accepted(TAKEN)
    }
    const [first, ...turns] = whole
    assert.equal(first, 1)
    assert.ok((turns[0] ?? 0) <= 1 + WHOLE_ROOMS_EVERY_REPORTS)
    for (const [i, seq] of turns.slice(1).entries()) assert.equal(seq - (turns[i] ?? 0), 15)
    assert.equal(turns[0], 2 + Math.floor(phase * 15))
  })

test('more rooms than a report holds: the first 50,000, with all rooms and with changes', () => {
  const changes = roomChanges(LATE)
  const rooms = Array.from({ length: 50_001 }, (_, i) => room(`r${i}~1`, 1_000))
  assert.equal(changes.next(1, rooms).rooms?.length, 50_000)
  changes.accepted(TAKEN)
  assert.deepEqual(changes.next(2, rooms), nothing(1, 50_000, 10_000_000))
})

describe('against a control plane that loses messages and its data', () => {
  /** The control plane's state: rooms, and the report they are from. */
  const controlPlane = () => {
    let seen = 0
    let roomsSeq = 0
    let rooms = new Map<string, CarriedRoom>()
    return {
      rooms: () => [...rooms.values()].toSorted((a, b) => a.name.localeCompare(b.name)),
      forget() {
        roomsSeq = 0
        rooms = new Map()
      },
      /** Returns true to request all rooms. */
      take(seq: number, received: RoomsPart): boolean {
        if (seq <= seen) return false
        seen = seq
        if (!received.rooms) return false
        if (received.since === undefined) rooms = new Map()
        else if (received.since !== roomsSeq) return true
        for (const name of received.gone ?? []) rooms.delete(name)
        for (const one of received.rooms) rooms.set(one.name, one)
        roomsSeq = seq
        if (received.totals) assert.equal(received.totals.rooms, rooms.size)
        return false
      },
    }
  }

  for (const seed of [1, 2, 3, 4, 5])
    test(`the control plane ends up with exactly the rooms and participants that exist (seed ${seed})`, () => {
      let state = seed
      const random = () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
        return state / 2 ** 32
      }
      const chance = (share: number) => random() < share
      const plane = controlPlane()
      const changes = roomChanges(LATE)
      const carried = new Map<string, CarriedRoom>()
      const late: [number, RoomsPart][] = []
      let taken = 0
      let inParts = 0
      for (let seq = 1; seq <= 2_000; seq += 1) {
        for (let i = 0; i < 3; i += 1) {
          const name = `r${Math.floor(random() * 30)}~1`
          if (chance(0.3)) carried.delete(name)
          else carried.set(name, room(name, Math.floor(random() * 4), Math.floor(random() * 9)))
        }
        const rooms = [...carried.values()]
        const part = changes.next(seq, chance(0.1) ? null : rooms)
        if (chance(0.02)) plane.forget()
        if (chance(0.05)) {
          late.push([seq, part])
          changes.forget()
        } else {
          const wholeRooms = plane.take(seq, part)
          if (chance(0.05)) changes.forget()
          else {
            changes.accepted({ wholeRooms, drop: chance(0.1) ? [`r${Math.floor(random() * 30)}~1`] : [] })
            if (part.rooms && !wholeRooms) {
              taken += 1
              if (part.since !== undefined) inParts += 1
              assert.deepEqual(
                plane.rooms(),
                rooms.toSorted((a, b) => a.name.localeCompare(b.name)),
              )
            }
          }
        }
        // An abandoned report may still arrive.
        if (late.length > 0 && chance(0.3)) plane.take(...(late.shift() ?? [0, { rooms: null }]))
      }
      assert.ok(taken > 1_400 && inParts > taken * 0.75, `${taken} taken, ${inParts} of them in parts`)
    })
})
