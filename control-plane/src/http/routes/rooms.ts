import { Type } from 'typebox'
import { CreatedRoom, CreateRoom, RoomParams, RoomView, SetStandby } from '../../contract/index.ts'
import { hostUrlOf, joinUrlOf } from '../../protocol/client-paths.ts'
import { isRefusal } from '../../protocol/problems/refusal.ts'
import { formatRoomCode } from '../../protocol/room-names.ts'
import { CREATION_MINUTES_PER_DAY } from '../../tuning/http.ts'
import { createRoom, type CreateRoomDeps } from '../../use-cases/rooms/create-room.ts'
import { endRoom, type EndRoomDeps } from '../../use-cases/rooms/end-room.ts'
import { setStandby, type SetStandbyDeps } from '../../use-cases/rooms/set-standby.ts'
import { viewRoom, type ViewRoomDeps } from '../../use-cases/rooms/view-room.ts'
import type { RouteAccesses } from '../access.ts'
import { bearerOf, isOperator, type OperatorAuth } from '../auth.ts'
import { sendProblem, sendRefusal } from '../problem.ts'
import { forAnyone, perAddressAndDay, PROBLEM_RESPONSES, acting, actingAsHost, type App } from '../route.ts'

export type RoomRoutesDeps = CreateRoomDeps &
  ViewRoomDeps &
  SetStandbyDeps &
  EndRoomDeps & {
    operator: OperatorAuth
    /** The site whose ranges contain an address. */
    directory: { nearest: (address: string) => string | undefined }
    publicUrl: string
    roomCreation: 'anyone' | 'operator'
    joinsPerMin: number
    creationsPerMin: number
  }

const tags = ['rooms']

export function roomRoutes(app: App, deps: RoomRoutesDeps, { operator }: RouteAccesses): void {
  const perDay = app.createRateLimit(perAddressAndDay(deps.creationsPerMin * CREATION_MINUTES_PER_DAY))
  app.post(
    '/rooms',
    {
      ...forAnyone(deps.creationsPerMin, ['creation_refused', 'operator_required', 'too_many_rooms']),
      schema: {
        tags,
        operationId: 'createRoom',
        summary: 'Create a room',
        description:
          'Returns a join link for everyone and a separate host link. No node is chosen before the first join.',
        body: CreateRoom,
        response: { 201: CreatedRoom, ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const isTrusted = await isOperator(deps.operator, request)
      if (deps.roomCreation === 'operator' && !isTrusted) return sendProblem(reply, 'creation_refused')
      // These decide what is reserved for other meetings of the tenant, so only operators may set them.
      const { tenant, standby } = request.body
      if ((tenant !== undefined || standby !== undefined) && !isTrusted)
        return sendProblem(reply, 'operator_required')
      const today = isTrusted ? undefined : await perDay(request)
      if (today && !today.isAllowed && today.remaining === 0)
        return sendProblem(reply.header('retry-after', today.ttlInSeconds), 'too_many_rooms')
      const near = deps.directory.nearest(request.ip)
      const created = await createRoom(deps, { ...request.body, near, isTrusted })
      if (isRefusal(created)) return sendRefusal(reply, created)
      const { code, title, hostKey, expiresAtMs } = created
      const room = formatRoomCode(code)
      const joinUrl = joinUrlOf(deps.publicUrl, room)
      request.log.debug('room created')
      return reply.code(201).send({
        room,
        title,
        joinUrl,
        hostUrl: hostUrlOf(joinUrl, hostKey),
        hostKey,
        expiresAt: new Date(expiresAtMs).toISOString(),
      })
    },
  )

  app.get(
    '/rooms/:room',
    {
      ...forAnyone(deps.joinsPerMin, ['room_not_found']),
      schema: {
        tags,
        operationId: 'viewRoom',
        summary: 'Look up a room',
        params: RoomParams,
        response: { 200: RoomView, ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const near = deps.directory.nearest(request.ip)
      const room = await viewRoom(deps, { room: request.params.room, near })
      if (isRefusal(room)) return sendRefusal(reply, room)
      return reply.send({
        room: formatRoomCode(room.code),
        title: room.title,
        expiresAt: new Date(room.expiresAtMs).toISOString(),
        sites: room.sites,
      })
    },
  )

  app.put(
    '/rooms/:room/standby',
    {
      ...acting(operator, 'room.set_standby', ['room_not_found']),
      schema: {
        tags,
        operationId: 'setRoomStandby',
        summary: 'Set the standby level of a meeting, also while it runs',
        params: RoomParams,
        body: SetStandby,
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const answer = await setStandby(deps, { ...request.params, ...request.body })
      if (answer !== 'set') return sendRefusal(reply, answer)
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/rooms/:room',
    {
      ...actingAsHost(deps.joinsPerMin, 'room.end', ['room_not_found', 'host_key_refused']),
      schema: {
        tags,
        operationId: 'endRoom',
        summary: 'End a room for everyone',
        params: RoomParams,
        security: [{ hostKey: [] }],
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const answer = await endRoom(deps, { ...request.params, hostKey: bearerOf(request) })
      if (answer !== 'ended') return sendRefusal(reply, answer)
      request.actor = { kind: 'host', who: 'host key' }
      return reply.code(204).send(null)
    },
  )
}
