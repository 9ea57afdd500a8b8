import type { FastifyReply, FastifyRequest } from 'fastify'
import { JoinAnswer, JoinRoom, RejoinRoom, RoomParams } from '../../contract/index.ts'
import { ANYONE_BODY_LIMIT_BYTES, REJOINS_PER_MIN } from '../../protocol/limits.ts'
import type { ProblemCode } from '../../protocol/problems/problem-table.ts'
import { isRefusal } from '../../protocol/problems/refusal.ts'
import type { Joined, JoinRefusal } from '../../use-cases/rooms/join-answer.ts'
import { joinRoom, type JoinRoomDeps } from '../../use-cases/rooms/join-room.ts'
import { rejoinRoom, type RejoinRoomDeps } from '../../use-cases/rooms/rejoin-room.ts'
import { sendRefusal } from '../problem.ts'
import { forAnyone, PROBLEM_RESPONSES, type App } from '../route.ts'

export type JoinRoutesDeps = JoinRoomDeps &
  RejoinRoomDeps & {
    directory: { nearest: (address: string) => string | undefined }
    joinsPerMin: number
    countJoin: (answer: 'joined' | ProblemCode) => void
  }

/** Refusals of every call that places a room. */
const PLACED = [
  'room_not_found',
  'no_node',
  'fleet_full',
  'node_full',
  'node_busy',
  'site_full',
  'store_recovering',
] as const satisfies ProblemCode[]

/** Prefix of identities among the keys of the rate limit; no address begins with it. */
const IDENTITY = 'identity '

export function joinRoutes(app: App, deps: JoinRoutesDeps): void {
  const common = { tags: ['rooms'], params: RoomParams, response: { 200: JoinAnswer, ...PROBLEM_RESPONSES } }

  app.post(
    '/rooms/:room/join',
    {
      ...forAnyone(deps.joinsPerMin, [...PLACED, 'host_key_refused']),
      schema: { ...common, operationId: 'joinRoom', summary: 'Join a room', body: JoinRoom },
    },
    async (request, reply) => {
      const { site, ...participant } = request.body
      const near = site ?? deps.directory.nearest(request.ip)
      return answerJoin(reply, await joinRoom(deps, { room: request.params.room, ...participant, near }))
    },
  )

  app.post(
    '/rooms/:room/rejoin',
    {
      // When a node dies, a whole office behind one address comes back in the same second: a client with a ticket is
      // counted by its identity, every other one by the address, as in a join.
      bodyLimit: ANYONE_BODY_LIMIT_BYTES,
      config: {
        access: 'anyone',
        refuses: [...PLACED, 'rejoin_refused'],
        rateLimit: {
          max: (_request: unknown, key: string) =>
            key.startsWith(IDENTITY) ? REJOINS_PER_MIN : deps.joinsPerMin,
          timeWindow: 60_000,
          hook: 'preHandler' as const,
          keyGenerator(request: FastifyRequest) {
            const ticket = deps.tickets.read((request.body as RejoinRoom).ticket)
            return ticket === null ? request.ip : IDENTITY + ticket.identity
          },
        },
      },
      schema: {
        ...common,
        operationId: 'rejoinRoom',
        summary: 'Rejoin under the same identity',
        description: 'With the rejoinTicket of the last response. The answer says where the room is now.',
        body: RejoinRoom,
      },
    },
    async (request, reply) => {
      const near = deps.directory.nearest(request.ip)
      return answerJoin(reply, await rejoinRoom(deps, { ...request.params, ...request.body, near }))
    },
  )

  function answerJoin(reply: FastifyReply, joined: Joined | JoinRefusal) {
    if (isRefusal(joined)) {
      deps.countJoin(joined.refused)
      return sendRefusal(reply, joined)
    }
    deps.countJoin('joined')
    reply.log.debug({ room: joined.roomId, node: joined.node, epoch: joined.epoch }, 'joined')
    const { roomId: _, ...answer } = joined
    return reply.send(answer)
  }
}
