// People and the rooms they meet in, played through the HTTP API as browsers do it.
import type { CreatedRoom, CreateRoom, JoinAnswer, Problem, ProblemCode } from '@levee/control-plane/contract'
import { type Occupant, leaveRoom, tracksOf } from './machines.ts'
import type { RoomPlan } from './rooms.ts'
import type { Schedule } from './schedule.ts'
import type { Random } from '@levee/deploy/seeded-random'
import type { Truth } from './invariants.ts'
import { type Reply, type Wire, WireFault, json } from '../lib/http-wire.ts'

export interface PeopleCounts {
  rooms: number
  ended: number
  joined: number
  rejoined: number
  left: number
  /** By code; each try counts. */
  refused: Partial<Record<ProblemCode, number>>
  /** People who came to the end of their patience. */
  gaveUp: number
  /** Sent to a node that does not answer: it is down and nobody knows yet. */
  deadEnds: number
  unanswered: number
}

export const noPeople = (): PeopleCounts => ({
  rooms: 0,
  ended: 0,
  joined: 0,
  rejoined: 0,
  left: 0,
  refused: {},
  gaveUp: 0,
  deadEnds: 0,
  unanswered: 0,
})

/** What a join may be refused with while Redis is well. `room_not_found` besides, once a host has ended the room. */
const LAWFUL: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'no_node',
  'fleet_full',
  'site_full',
  'node_full',
  'node_busy',
])

/** Tries before a person gives up; each waits as long as the answer asks. */
const PATIENCE = 12
/** A client notices that a node does not answer, and asks again where to go. */
const DEAD_END_MS = { from: 1_500, to: 3_000 }
const DISPLACED_MS = { from: 200, to: 2_000 }

/** What is reserved for a room that says nothing: four people. */
const UNDECLARED = 4

interface Room {
  code: string
  /** What is to be reserved for it. */
  promised: number
  hostKey: string
  /** A host has asked for its end; from then on joins are refused. */
  ending: boolean
  /** The highest that anybody was told. */
  epoch: number
}

export interface People {
  play(plan: RoomPlan): void
  /** Joins once more and gives the answer, for a look at where the control plane thinks the room is. */
  ask(code: string): Promise<JoinAnswer | ProblemCode>
  /** Rooms with somebody in them: code → node. */
  rooms(): Map<string, string>
  /** Names of rooms with people in them that are ended, or are elsewhere by now. */
  leftovers(): Set<string>
  /** Nobody comes, goes or ends a room any more. */
  freeze(): void
  /** Requests under way. */
  pending(): number
}

export function openPeople(deps: {
  wires: readonly Wire[]
  schedule: Schedule
  truth: Truth
  random: Random
  counts: PeopleCounts
}): People {
  const { wires, schedule, truth, random, counts } = deps
  const present = new Map<Person, Room>()
  let frozen = false
  let pending = 0

  interface Person extends Occupant {
    room: Room
    leavesMs: number
    tries: number
    ticket: string | undefined
    node: string
    roomName: string
  }

  const later = (range: { from: number; to: number }, act: () => void) =>
    schedule.after(random.between(range.from, range.to), act)

  async function send(method: 'POST' | 'DELETE', path: string, body?: object, bearer?: string) {
    const wire = random.pick(wires)
    pending++
    try {
      return await wire.send(wire.call(method, path, bearer), body && json(body))
    } catch (error) {
      if (!(error instanceof WireFault)) throw error
      counts.unanswered++
      truth.violate('an answer comes, and with a known code', `no answer: ${error.message}`)
      return undefined
    } finally {
      pending--
    }
  }

  async function begin(plan: RoomPlan): Promise<void> {
    if (frozen) return
    const wish: CreateRoom = plan.declared === undefined ? {} : { expectedParticipants: plan.declared }
    const reply = await send('POST', '/v1/rooms', wish)
    if (reply?.status !== 201) {
      if (reply) truth.violate('an answer comes, and with a known code', `create: ${reply.status}`)
      return
    }
    const made = JSON.parse(reply.body) as CreatedRoom
    const promised = tracksOf(plan.declared ?? UNDECLARED)
    const room: Room = { code: made.room, promised, hostKey: made.hostKey, ending: false, epoch: 0 }
    counts.rooms++
    for (const { comesMs, staysMs } of plan.people) schedule.after(comesMs, () => come(room, staysMs))
    if (plan.endsMs !== undefined) schedule.after(plan.endsMs, () => void end(room))
  }

  async function end(room: Room): Promise<void> {
    if (frozen) return
    room.ending = true
    const reply = await send('DELETE', `/v1/rooms/${room.code}`, undefined, room.hostKey)
    if (reply?.status === 204) counts.ended++
    else if (reply) truth.violate('an answer comes, and with a known code', `end: ${reply.status}`)
  }

  function come(room: Room, staysMs: number): void {
    if (frozen || room.ending) return
    const person: Person = {
      room,
      leavesMs: schedule.nowMs() + staysMs,
      tries: 0,
      ticket: undefined,
      node: '',
      roomName: '',
      displaced() {
        if (!present.delete(person) || frozen || room.ending) return
        person.tries = 0
        later(DISPLACED_MS, () => void join(person))
      },
    }
    schedule.after(staysMs, () => leave(person))
    void join(person)
  }

  function leave(person: Person): void {
    if (frozen || !present.delete(person)) return
    counts.left++
    const machine = truth.machines.get(person.node)
    if (machine) leaveRoom(machine, person.roomName, person)
  }

  async function join(person: Person): Promise<void> {
    const { room, ticket } = person
    if (frozen || room.ending || schedule.nowMs() >= person.leavesMs) return
    const known = room.epoch
    const [verb, body] = ticket === undefined ? ['join', { name: 'Ann' }] : ['rejoin', { ticket }]
    const reply = await send('POST', `/v1/rooms/${room.code}/${verb}`, body)
    if (!reply) return again(person, 1_000)
    if (reply.status !== 200) return refused(person, reply)
    const answer = JSON.parse(reply.body) as JoinAnswer
    if (answer.epoch < known)
      truth.violate('an epoch never goes back', `${answer.roomName} after epoch ${known}`)
    room.epoch = Math.max(room.epoch, answer.epoch)
    arrive(person, answer)
  }

  function arrive(person: Person, answer: JoinAnswer): void {
    if (person.ticket === undefined) counts.joined++
    else counts.rejoined++
    person.ticket = answer.rejoinTicket
    const machine = truth.machines.get(answer.node)
    if (!machine)
      return truth.violate(
        'nobody is sent to a node that does not exist',
        `${answer.roomName} on ${answer.node}`,
      )
    if (!machine.up) {
      counts.deadEnds++
      return later(DEAD_END_MS, () => void join(person))
    }
    // An answer that was overtaken by the room's end or move: its people learn it from the node.
    person.node = answer.node
    person.roomName = answer.roomName
    present.set(person, person.room)
    truth.enter(machine, answer.roomName, person)
    if (schedule.nowMs() >= person.leavesMs) leave(person)
  }

  function refused(person: Person, reply: Reply): void {
    const { code, retryAfterSec } = JSON.parse(reply.body) as Problem
    counts.refused[code] = (counts.refused[code] ?? 0) + 1
    if (code === 'room_not_found' && person.room.ending) return
    if (!LAWFUL.has(code))
      truth.violate('an answer comes, and with a known code', `join: ${reply.status} ${code}`)
    const free = code === 'fleet_full' ? truth.roomy(person.room.promised) : undefined
    if (free)
      truth.violate(
        'nobody is refused while a node has room',
        `${code} for ${person.room.promised} tracks, though ${free.node} bears ${free.tracks} of ${free.capacityTracks}`,
      )
    again(person, (retryAfterSec ?? 1) * 1_000)
  }

  function again(person: Person, afterMs: number): void {
    if (++person.tries >= PATIENCE) counts.gaveUp++
    else later({ from: afterMs, to: afterMs * 1.5 }, () => void join(person))
  }

  return {
    play: (plan) => void begin(plan),
    async ask(code) {
      const reply = await send('POST', `/v1/rooms/${code}/join`, { name: 'Roll call' })
      if (!reply) return 'internal'
      return reply.status === 200
        ? (JSON.parse(reply.body) as JoinAnswer)
        : (JSON.parse(reply.body) as Problem).code
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
    pending: () => pending,
  }
}
