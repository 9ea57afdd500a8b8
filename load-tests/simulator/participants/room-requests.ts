// Requests of participants, sent to any replica. Every request must get an answer with an expected code.
import type { CreatedRoom, CreateRoom, JoinAnswer, Problem, ProblemCode } from '@levee/control-plane/contract'
import type { Random } from '@levee/deploy/seeded-random'
import { type Method, type Reply, type Wire, WireFault, json } from '../../lib/http-wire.ts'
import type { Invariants } from '../invariants.ts'

const UNANSWERED = 'every request gets an expected answer'

/** How a join may be refused while Redis is available. */
export const EXPECTED_REFUSALS: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'no_node',
  'fleet_full',
  'site_full',
  'node_full',
  'node_busy',
])

export interface RoomRequests {
  create(wish: CreateRoom): Promise<CreatedRoom | undefined>
  /** True if the room has ended. */
  end(code: string, hostKey: string): Promise<boolean>
  /** Joins, or rejoins with a ticket; undefined: no answer. */
  join(code: string, ticket: string | undefined): Promise<JoinReply | undefined>
}

export type JoinReply = { ok: true; answer: JoinAnswer } | { ok: false; status: number; problem: Problem }

export function openRoomRequests(deps: {
  wires: readonly Wire[]
  random: Random
  invariants: Invariants
  /** Rooms of declared size are created by a business system. */
  operatorKey: string
  onUnanswered: () => void
}): RoomRequests {
  const { invariants } = deps

  async function send(
    method: Method,
    path: string,
    { body, bearer }: { body?: object; bearer?: string } = {},
  ): Promise<Reply | undefined> {
    const wire = deps.random.pick(deps.wires)
    try {
      return await wire.send(wire.call(method, path, bearer), body && json(body))
    } catch (error) {
      if (!(error instanceof WireFault)) throw error
      deps.onUnanswered()
      invariants.violate(UNANSWERED, `no answer: ${error.message}`)
      return undefined
    }
  }

  return {
    async create(wish) {
      const reply = await send('POST', '/v1/rooms', {
        body: wish,
        ...(wish.expectedParticipants !== undefined && { bearer: deps.operatorKey }),
      })
      if (reply?.status === 201) return JSON.parse(reply.body) as CreatedRoom
      if (reply) invariants.violate(UNANSWERED, `create: ${reply.status}`)
      return undefined
    },
    async end(code, hostKey) {
      const reply = await send('DELETE', `/v1/rooms/${code}`, { bearer: hostKey })
      if (reply && reply.status !== 204) invariants.violate(UNANSWERED, `end: ${reply.status}`)
      return reply?.status === 204
    },
    async join(code, ticket) {
      const [verb, body] = ticket === undefined ? ['join', { name: 'Ann' }] : ['rejoin', { ticket }]
      const reply = await send('POST', `/v1/rooms/${code}/${verb}`, { body })
      if (!reply) return undefined
      return reply.status === 200
        ? { ok: true, answer: JSON.parse(reply.body) as JoinAnswer }
        : { ok: false, status: reply.status, problem: JSON.parse(reply.body) as Problem }
    },
  }
}
