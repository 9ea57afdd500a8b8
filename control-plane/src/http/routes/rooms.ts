import { Type } from 'typebox'
import {
  CreatedRoom,
  CreateRoom,
  JoinAnswer,
  JoinRoom,
  Problem,
  RejoinRoom,
  RoomParams,
  RoomView,
  SetStandby,
} from '../../contract/index.ts'
import { isRefusal } from '../../protocol/refusal.ts'
import { formatRoomCode } from '../../protocol/room-names.ts'
import type { Joined, JoinRefusal } from '../../use-cases/rooms/join-room.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { REJOINS_PER_MIN } from '../../protocol/limits.ts'
import type { App } from '../app.ts'
import { bearerOf, isOperator, requireOperator } from '../auth.ts'
import type { HttpDeps } from '../deps.ts'
import { sendProblem, sendRefusal } from '../problem.ts'

const tags = ['rooms']

/** Before identities among the keys of the rate limit; no address begins like this. */
const SEAT = 'seat '

export function roomRoutes(app: App, deps: HttpDeps): void {
  const perMin = (max: number) => ({ rateLimit: { max, timeWindow: 60_000 } })

  app.post(
    '/rooms',
    {
      config: perMin(deps.createRatePerMin),
      schema: {
        tags,
        summary: 'Create a room',
        description:
          'Returns a join link for everybody and a separate host link. Nothing is placed before the first join.',
        body: CreateRoom,
        response: { 201: CreatedRoom, '4xx': Problem, '5xx': Problem },
      },
    },
    async (request, reply) => {
      if (deps.roomCreation === 'operator' && !isOperator(deps, request))
        return sendProblem(reply, 'creation_refused')
      // It decides what is reserved for others of that name: not for everybody to say.
      const { tenant, standby } = request.body
      if ((tenant !== undefined || standby !== undefined) && !isOperator(deps, request))
        return sendProblem(reply, 'operator_required')
      const made = await deps.rooms.create({ ...request.body, near: deps.nearest(request.ip) })
      const room = formatRoomCode(made.code)
      const joinUrl = `${deps.publicUrl}/m/${room}`
      request.log.debug('room created')
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({
          room,
          title: made.title,
          joinUrl,
          // In the fragment: browsers do not send it, so no access log ever sees it.
          hostUrl: `${joinUrl}#host=${made.hostKey}`,
          hostKey: made.hostKey,
          expiresAt: new Date(made.expiresAtMs).toISOString(),
        })
    },
  )

  app.get(
    '/rooms/:room',
    {
      config: perMin(deps.joinRatePerMin),
      schema: {
        tags,
        summary: 'Look up a room',
        params: RoomParams,
        response: { 200: RoomView, '4xx': Problem, '5xx': Problem },
      },
    },
    async (request, reply) => {
      const room = await deps.rooms.view({ room: request.params.room, near: deps.nearest(request.ip) })
      if (isRefusal(room)) return sendRefusal(reply, room)
      return reply.header('cache-control', 'no-store').send({
        room: formatRoomCode(room.code),
        title: room.title,
        expiresAt: new Date(room.expiresAtMs).toISOString(),
        sites: room.sites,
      })
    },
  )

  const joinSchema = {
    tags,
    params: RoomParams,
    response: { 200: JoinAnswer, '4xx': Problem, '5xx': Problem },
  }

  app.post(
    '/rooms/:room/join',
    {
      config: perMin(deps.joinRatePerMin),
      schema: { ...joinSchema, summary: 'Join a room', body: JoinRoom },
    },
    async (request, reply) => {
      const { site, ...person } = request.body
      const near = site ?? deps.nearest(request.ip)
      return answerJoin(reply, await deps.rooms.join({ room: request.params.room, ...person, near }))
    },
  )

  app.post(
    '/rooms/:room/rejoin',
    {
      // A whole office behind one address comes back in the same second when its node dies: who proves a seat is
      // counted by the seat. Everybody else by the address, as in a join.
      config: {
        rateLimit: {
          max: (_request: unknown, key: string) =>
            key.startsWith(SEAT) ? REJOINS_PER_MIN : deps.joinRatePerMin,
          timeWindow: 60_000,
          hook: 'preHandler' as const,
          keyGenerator(request: FastifyRequest) {
            const seat = deps.rooms.seatOf((request.body as RejoinRoom).ticket)
            return seat === null ? request.ip : SEAT + seat
          },
        },
      },
      schema: {
        ...joinSchema,
        summary: 'Come back under the same identity',
        description: 'With the rejoinTicket of the last answer; tells where the room is now.',
        body: RejoinRoom,
      },
    },
    async (request, reply) => {
      const { room } = request.params
      const near = deps.nearest(request.ip)
      return answerJoin(reply, await deps.rooms.rejoin({ room, ...request.body, near }))
    },
  )

  app.put(
    '/rooms/:room/standby',
    {
      preHandler: requireOperator(deps),
      schema: {
        tags,
        summary: 'Say how well a meeting is stood by for, also while it runs',
        params: RoomParams,
        body: SetStandby,
        security: [{ operator: [] }],
        response: { 204: Type.Null(), '4xx': Problem, '5xx': Problem },
      },
    },
    async (request, reply) => {
      const answer = await deps.rooms.setStandby({ ...request.params, ...request.body })
      if (answer !== 'set') return sendRefusal(reply, answer)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/rooms/:room',
    {
      config: perMin(deps.joinRatePerMin),
      schema: {
        tags,
        summary: 'End a room for everybody',
        params: RoomParams,
        security: [{ hostKey: [] }],
        response: { 204: Type.Null(), '4xx': Problem, '5xx': Problem },
      },
    },
    async (request, reply) => {
      const hostKey = bearerOf(request)
      const answer = await deps.rooms.end({ room: request.params.room, hostKey })
      if (answer !== 'ended') return sendRefusal(reply, answer)
      return reply.code(204).send(null)
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
    return reply.header('cache-control', 'no-store').send(answer)
  }
}
