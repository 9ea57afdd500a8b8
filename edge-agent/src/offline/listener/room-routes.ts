import { CREATIONS_PER_MIN, JOINS_PER_MIN, REJOINS_PER_MIN } from '@levee/control-plane/protocol/limits'
import { isRefusal } from '@levee/control-plane/protocol/problems/refusal'
import { readSealedTicket } from '@levee/control-plane/protocol/tickets'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { OfflineRooms } from '../offline-rooms.ts'
import type { Refusal } from '../refusals.ts'
import { rawBody, readCreate, readJoin, readRejoin } from './request-validation.ts'
import { sendBuffered, type ProxyResult } from './proxy.ts'

type Answer = { status: number; body?: object }
type RoomRequest = FastifyRequest<{ Params: { room?: string } }>

/** Prefix of identities among the keys of the rate limit; no address starts with it. */
const PARTICIPANT = 'participant '
const TIME_WINDOW = '1 minute'

/** What the routes need from the listener. */
export type RoutesDeps = {
  rooms: OfflineRooms
  apiSecret: string
  /** Origin in join links; undefined: as in the request. */
  publicUrl: string | undefined
  /** Forwards to the control plane; `link-down` when it cannot be reached. */
  forward: (request: FastifyRequest, reply: FastifyReply, body: Buffer | undefined) => Promise<ProxyResult>
  sendLocal: (reply: FastifyReply, answer: Answer) => FastifyReply
  refuse: (request: FastifyRequest, reply: FastifyReply, refusal: Refusal) => FastifyReply
  /** The control plane's answer went to the client. */
  onForwarded: () => void
  statusOf: (refusal: Refusal) => number
}

/** Routes for rooms. The branch answers when the control plane, or its store, is down or does not know the room yet. */
export function roomRoutes(app: FastifyInstance, deps: RoutesDeps): void {
  const { rooms, refuse } = deps

  const participantOf = (request: FastifyRequest): string | undefined => {
    const body = readRejoin(request)
    const claims = isRefusal(body) ? null : readSealedTicket(body.value.ticket, deps.apiSecret, Date.now())
    return claims ? PARTICIPANT + claims.identity : undefined
  }
  const limits = {
    joins: app.createRateLimit({ max: JOINS_PER_MIN, timeWindow: TIME_WINDOW }),
    creations: app.createRateLimit({ max: CREATIONS_PER_MIN, timeWindow: TIME_WINDOW }),
    // A whole office rejoins at once when its node restarts: a valid ticket is counted per participant.
    rejoins: app.createRateLimit({
      timeWindow: TIME_WINDOW,
      max: (_request, key) => (key.startsWith(PARTICIPANT) ? REJOINS_PER_MIN : JOINS_PER_MIN),
      keyGenerator: (request) => participantOf(request) ?? request.ip,
    }),
  }

  const handler =
    (limit: keyof typeof limits, local: (request: RoomRequest) => Promise<Answer | Refusal>) =>
    async (request: RoomRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const isUnsynced = request.params.room !== undefined && rooms.isUnsynced(request.params.room)
      const forwarded: ProxyResult = isUnsynced
        ? { kind: 'link-down' }
        : await deps.forward(request, reply, rawBody(request))
      if (forwarded.kind === 'answered') return reply.hijack()
      const counted = await limits[limit](request)
      const isLimited = !counted.isAllowed && counted.isExceeded
      const answer: Answer | Refusal = isLimited ? { refused: 'rate_limited' } : await local(request)
      // The branch cannot help either: pass on the answer of the control plane without its store.
      if (forwarded.kind === 'store-down' && isRefusal(answer) && deps.statusOf(answer) === 503) {
        reply.hijack()
        sendBuffered(reply.raw, forwarded.answer)
        deps.onForwarded()
        return reply
      }
      return isRefusal(answer) ? refuse(request, reply, answer) : deps.sendLocal(reply, answer)
    }

  const originOf = (request: FastifyRequest) => deps.publicUrl ?? `${request.protocol}://${request.host}`
  const codeIn = (request: RoomRequest) => request.params.room ?? ''

  app.post(
    '/v1/rooms',
    handler('creations', async (request) => {
      const body = readCreate(request)
      return isRefusal(body) ? body : answerWith(201, await rooms.create(body.value, originOf(request)))
    }),
  )
  app.get(
    '/v1/rooms/:room',
    handler('joins', async (request) => answerWith(200, rooms.view(codeIn(request)))),
  )
  app.post(
    '/v1/rooms/:room/join',
    handler('joins', async (request) => {
      const body = readJoin(request)
      return isRefusal(body) ? body : answerWith(200, await rooms.join(codeIn(request), body.value))
    }),
  )
  app.post(
    '/v1/rooms/:room/rejoin',
    handler('rejoins', async (request) => {
      const body = readRejoin(request)
      return isRefusal(body) ? body : answerWith(200, await rooms.rejoin(codeIn(request), body.value))
    }),
  )
  app.delete(
    '/v1/rooms/:room',
    handler('joins', async (request) => {
      const [, hostKey = ''] = /^bearer (.*)$/i.exec(request.headers.authorization ?? '') ?? []
      const ended = await rooms.end(codeIn(request), hostKey.trim())
      return ended === 'ended' ? { status: 204 } : ended
    }),
  )
}

const answerWith = (status: number, body: object | Refusal): Answer | Refusal =>
  isRefusal(body) ? body : { status, body }
