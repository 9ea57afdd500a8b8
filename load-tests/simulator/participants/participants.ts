// Participants and the rooms they meet in, through the HTTP API as browsers use it.
import type { CreateRoom, JoinAnswer, ProblemCode } from '@levee/control-plane/contract'
import type { Random } from '@levee/deploy/seeded-random'
import type { Wire } from '../../lib/http-wire.ts'
import type { Invariants } from '../invariants.ts'
import { type Occupant, leaveRoom, tracksOf } from '../nodes/machine.ts'
import type { Schedule } from '../schedule.ts'
import {
  JOIN_TRIES,
  NODE_DOWN_REJOIN_MS,
  REMOVED_REJOIN_MS,
  UNANSWERED_RETRY_MS,
  UNDECLARED_PARTICIPANTS,
} from '../tuning.ts'
import type { ParticipantCounts } from './counts.ts'
import type { RoomPlan } from './room-plans.ts'
import { EXPECTED_REFUSALS, type JoinReply, openRoomRequests } from './room-requests.ts'

interface Room {
  code: string
  /** What the control plane reserves for it, in tracks. */
  reserved: number
  hostKey: string
  /** A host has asked to end it; from then on joins are refused. */
  ending: boolean
  /** The highest epoch in any answer. */
  epoch: number
}

interface Person extends Occupant {
  room: Room
  leavesMs: number
  tries: number
  ticket: string | undefined
  node: string
  roomName: string
}

export interface Participants {
  play(plan: RoomPlan): void
  /** Joins once more, to see where the control plane believes the room to be. */
  locate(code: string): Promise<JoinAnswer | ProblemCode>
  /** Rooms with participants: code → node. */
  rooms(): Map<string, string>
  /** Names of rooms with participants that have ended, or have moved elsewhere. */
  leftovers(): Set<string>
  /** Nothing joins, leaves or ends any more. */
  freeze(): void
}

export function openParticipants(deps: {
  wires: readonly Wire[]
  schedule: Schedule
  invariants: Invariants
  random: Random
  counts: ParticipantCounts
  operatorKey: string
}): Participants {
  const { schedule, invariants, random, counts } = deps
  const requests = openRoomRequests({ ...deps, onUnanswered: () => counts.unanswered++ })
  const present = new Map<Person, Room>()
  let frozen = false

  const within = (range: { from: number; to: number }, act: () => void) =>
    schedule.after(random.between(range.from, range.to), act)

  async function begin(plan: RoomPlan): Promise<void> {
    if (frozen) return
    const wish: CreateRoom = plan.declared === undefined ? {} : { expectedParticipants: plan.declared }
    const created = await requests.create(wish)
    if (!created) return
    const reserved = tracksOf(plan.declared ?? UNDECLARED_PARTICIPANTS)
    const room: Room = { code: created.room, reserved, hostKey: created.hostKey, ending: false, epoch: 0 }
    counts.rooms++
    for (const { joinsMs, staysMs } of plan.people) schedule.after(joinsMs, () => add(room, staysMs))
    if (plan.endsMs !== undefined) schedule.after(plan.endsMs, () => void end(room))
  }

  async function end(room: Room): Promise<void> {
    if (frozen) return
    room.ending = true
    if (!(await requests.end(room.code, room.hostKey))) return
    counts.ended++
    invariants.free(room.code)
  }

  function add(room: Room, staysMs: number): void {
    if (frozen || room.ending) return
    const person: Person = {
      room,
      leavesMs: schedule.nowMs() + staysMs,
      tries: 0,
      ticket: undefined,
      node: '',
      roomName: '',
      removed() {
        if (!present.delete(person) || frozen || room.ending) return
        person.tries = 0
        within(REMOVED_REJOIN_MS, () => void join(person))
      },
    }
    schedule.after(staysMs, () => leave(person))
    void join(person)
  }

  function leave(person: Person): void {
    if (frozen || !present.delete(person)) return
    counts.left++
    const machine = invariants.machines.get(person.node)
    if (machine) leaveRoom(machine, person.roomName, person)
  }

  async function join(person: Person): Promise<void> {
    const { room } = person
    if (frozen || room.ending || schedule.nowMs() >= person.leavesMs) return
    const knownEpoch = room.epoch
    const reply = await requests.join(room.code, person.ticket)
    if (!reply) return retry(person, UNANSWERED_RETRY_MS)
    if (!reply.ok) return refused(person, reply)
    const { answer } = reply
    if (answer.epoch < knownEpoch)
      invariants.violate('epochs never decrease', `${answer.roomName} after epoch ${knownEpoch}`)
    room.epoch = Math.max(room.epoch, answer.epoch)
    arrive(person, answer)
  }

  function arrive(person: Person, answer: JoinAnswer): void {
    if (person.ticket === undefined) counts.joined++
    else counts.rejoined++
    person.ticket = answer.rejoinTicket
    const machine = invariants.machines.get(answer.node)
    if (!machine)
      return invariants.violate(
        'participants are sent to nodes that exist',
        `${answer.roomName} on ${answer.node}`,
      )
    invariants.place(machine, person.room.code, person.room.reserved)
    if (!machine.up) {
      counts.sentToDownNode++
      return within(NODE_DOWN_REJOIN_MS, () => void join(person))
    }
    // The room may have ended or moved meanwhile; the node then drops it, and its participants with it.
    person.node = answer.node
    person.roomName = answer.roomName
    present.set(person, person.room)
    invariants.enter(machine, answer.roomName, person)
    if (schedule.nowMs() >= person.leavesMs) leave(person)
  }

  function refused(person: Person, { status, problem }: Extract<JoinReply, { ok: false }>): void {
    const { code, retryAfterSec } = problem
    counts.refused[code] = (counts.refused[code] ?? 0) + 1
    if (code === 'room_not_found' && person.room.ending) return
    if (!EXPECTED_REFUSALS.has(code))
      invariants.violate('every request gets an expected answer', `join: ${status} ${code}`)
    const { reserved } = person.room
    const free = code === 'fleet_full' ? invariants.machineWithCapacity(reserved) : undefined
    if (free)
      invariants.violate(
        'no refusal while a node has capacity',
        `${code} for ${reserved} tracks, though ${free.node} has ${free.tracks} of ${free.capacityTracks}`,
      )
    retry(person, (retryAfterSec ?? 1) * 1_000)
  }

  function retry(person: Person, afterMs: number): void {
    if (++person.tries >= JOIN_TRIES) counts.gaveUp++
    else within({ from: afterMs, to: afterMs * 1.5 }, () => void join(person))
  }

  return {
    play: (plan) => void begin(plan),
    async locate(code) {
      const reply = await requests.join(code, undefined)
      if (!reply) return 'internal'
      return reply.ok ? reply.answer : reply.problem.code
    },
    rooms() {
      const rooms = new Map<string, string>()
      for (const [person, room] of present) if (!room.ending) rooms.set(room.code, person.node)
      return rooms
    },
    leftovers() {
      const names = new Set<string>()
      for (const [{ roomName }, room] of present)
        if (room.ending || Number(roomName.split('~')[1]) < room.epoch) names.add(roomName)
      return names
    },
    freeze() {
      frozen = true
    },
  }
}
