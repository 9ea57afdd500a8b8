import { readSealedTicket } from '@levee/control-plane/protocol/tickets'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { doorApp, serveClient } from './listener-app.ts'
import { sendHeld, type Forward, type HeldAnswer } from './proxy.ts'
import { localHeaders, sourcesOf } from './security-headers.ts'
import type { Line } from './control-plane-link.ts'
import { PLAIN_PAGE } from './plain-page.ts'
import { isRefusal, problemOf, statusOf, type Refusal } from './problems.ts'
import type { AloneRooms } from './offline-rooms.ts'
import type { OwnNode } from './tokens.ts'
import { CREATIONS_PER_MIN, CUT_OFF_RETRY_SEC, JOINS_PER_MIN, REJOINS_PER_MIN } from '../tuning/offline.ts'
import { readCreate, readJoin, readRejoin } from './request-validation.ts'

export type DoorConfig = {
  host: string
  port: number
  /** The built web client, of the same version as the control plane’s; undefined: a page in plain words. */
  webDir: string | undefined
  /** Origin in join links; undefined: as the browser asks. */
  publicUrl: string | undefined
  /** Whose X-Forwarded-… are believed: addresses and CIDR ranges. */
  trustedProxies: string[]
  /** Sources of nodes for connect-src; this one is always among them. */
  cspConnect: string[]
}

type Done = { status: number; body?: object }
type Ask = FastifyRequest<{ Params: { room?: string } }>

/** Before identities among the keys of the rate limit; no address begins like this. */
const SEAT = 'seat '

/** `by`: who answered. */
type AnsweredBy = 'control-plane' | 'branch'

/**
 * The door that a branch’s own DNS makes the public name lead to. Everything is passed on to the control plane; when the
 * line to it is cut, the branch answers what its rules allow.
 */
export async function openDoor(options: {
  config: DoorConfig
  own: OwnNode
  line: Line
  forward: Forward
  rooms: AloneRooms
  onAnswer: (by: AnsweredBy) => void
  log: Logger
}): Promise<{ close(): Promise<void> }> {
  const { config, own, line, forward, rooms, onAnswer, log } = options
  const app = await doorApp({ trustedProxies: config.trustedProxies, log })
  const https = config.publicUrl?.startsWith('https:') ?? false
  const headers = localHeaders({ connect: [...config.cspConnect, ...sourcesOf(own.url)], https })
  const limits = {
    joins: app.createRateLimit({ max: JOINS_PER_MIN, timeWindow: 60_000 }),
    creations: app.createRateLimit({ max: CREATIONS_PER_MIN, timeWindow: 60_000 }),
    // A whole office comes back at once when its node restarts: who proves a seat is counted by the seat.
    rejoins: app.createRateLimit({
      timeWindow: 60_000,
      max: (_request, key) => (key.startsWith(SEAT) ? REJOINS_PER_MIN : JOINS_PER_MIN),
      keyGenerator: (request) => seatOf(request) ?? request.ip,
    }),
  }

  function seatOf(request: FastifyRequest): string | undefined {
    const read = readRejoin(bodyOf(request) ?? Buffer.alloc(0))
    const seat = 'value' in read ? readSealedTicket(read.value.ticket, own.apiSecret, Date.now()) : null
    return seat ? SEAT + seat.identity : undefined
  }

  const refuse = (request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply => {
    const problem = problemOf(refusal, request.id)
    if (problem.retryAfterSec !== undefined) reply.header('retry-after', problem.retryAfterSec)
    return reply
      .code(problem.status)
      .headers(headers.api)
      .header('cache-control', 'no-store')
      .header('content-type', 'application/problem+json')
      .serializer(JSON.stringify)
      .send(problem)
  }

  /** true: the answer is the client’s already. */
  const passOn = async (
    request: FastifyRequest,
    reply: FastifyReply,
    body: Buffer | undefined,
    hold: boolean,
  ): Promise<true | HeldAnswer | undefined> => {
    if (line.isCut()) return undefined
    const passage = { body, proto: request.protocol, host: request.host, holdStoreAway: hold }
    const passed = await forward(request.raw, reply.raw, passage)
    if (passed.kind === 'held') return passed.answer
    if (passed.kind === 'cut') return undefined
    onAnswer('control-plane')
    return true
  }

  /** A question about a room: answered here when the control plane, or its store, cannot, or cannot know of the room. */
  const room =
    (limit: keyof typeof limits, local: (request: Ask) => Promise<Done | Refusal> | Done | Refusal) =>
    async (request: Ask, reply: FastifyReply): Promise<FastifyReply> => {
      const isOurs = request.params.room !== undefined && rooms.isUntold(request.params.room)
      const passed = isOurs ? undefined : await passOn(request, reply, bodyOf(request), true)
      if (passed === true) return reply.hijack()
      const counted = await limits[limit](request)
      const isFlood = !counted.isAllowed && counted.isExceeded
      const answer: Done | Refusal = isFlood ? { refused: 'rate_limited' } : await local(request)
      if (passed && isRefusal(answer) && statusOf(answer) === 503) {
        reply.hijack()
        sendHeld(reply.raw, passed)
        onAnswer('control-plane')
        return reply
      }
      onAnswer('branch')
      if (isRefusal(answer)) return refuse(request, reply, answer)
      return reply
        .code(answer.status)
        .headers(headers.api)
        .header('cache-control', 'no-store')
        .send(answer.body ?? null)
    }

  const originOf = (request: FastifyRequest) => config.publicUrl ?? `${request.protocol}://${request.host}`
  const code = (request: Ask) => request.params.room ?? ''

  app.post(
    '/v1/rooms',
    room('creations', async (request) => {
      const read = readCreate(bodyOf(request) ?? Buffer.alloc(0))
      if (isRefusal(read)) return read
      return done(201, await rooms.create(read.value, originOf(request)))
    }),
  )
  app.get(
    '/v1/rooms/:room',
    room('joins', (request) => done(200, rooms.view(code(request)))),
  )
  app.post(
    '/v1/rooms/:room/join',
    room('joins', async (request) => {
      const read = readJoin(bodyOf(request) ?? Buffer.alloc(0))
      return isRefusal(read) ? read : done(200, await rooms.join(code(request), read.value))
    }),
  )
  app.post(
    '/v1/rooms/:room/rejoin',
    room('rejoins', async (request) => {
      const read = readRejoin(bodyOf(request) ?? Buffer.alloc(0))
      return isRefusal(read) ? read : done(200, await rooms.rejoin(code(request), read.value))
    }),
  )
  app.delete(
    '/v1/rooms/:room',
    room('joins', async (request) => {
      const [, hostKey = ''] = /^bearer (.*)$/i.exec(request.headers.authorization ?? '') ?? []
      const answer = await rooms.end(code(request), hostKey.trim())
      return answer === 'ended' ? { status: 204 } : answer
    }),
  )

  /** All that is not about a room: streamed, or else a page in words, or a refusal. */
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url?.startsWith('/v1/')) return
    if ((await passOn(request, reply, undefined, false)) === true) return reply.hijack()
    onAnswer('branch')
    const isPage = request.method === 'GET' && request.headers.accept?.includes('text/html')
    const hasClient = config.webDir !== undefined && rooms.mayAnswer()
    if (hasClient && !request.is404) {
      reply.headers(headers.page)
      return
    }
    if (!isPage || hasClient) return refuse(request, reply, { refused: 'store_unavailable' })
    return reply
      .code(503)
      .headers(headers.page)
      .header('retry-after', CUT_OFF_RETRY_SEC)
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(PLAIN_PAGE)
  })

  app.setNotFoundHandler((request, reply) => refuse(request, reply, { refused: 'store_unavailable' }))
  app.setErrorHandler((error: Error & { code?: string; statusCode?: number }, request, reply) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      // Fastify would close the connection under a client that is still sending, which then never reads why.
      reply.removeHeader('connection')
      return refuse(request, reply, { refused: 'payload_too_large' })
    }
    if (error.statusCode !== undefined && error.statusCode < 500)
      return refuse(request, reply, { refused: 'malformed_request' })
    log.error({ err: error, route: request.routeOptions.url }, 'the door could not answer')
    return refuse(request, reply, { refused: 'internal' })
  })

  if (config.webDir !== undefined) await serveClient(app, config.webDir)
  await app.listen({ host: config.host, port: config.port })
  return app
}

const bodyOf = (request: FastifyRequest): Buffer | undefined =>
  Buffer.isBuffer(request.body) ? request.body : undefined

const done = (status: number, answer: object): Done | Refusal =>
  isRefusal(answer) ? answer : { status, body: answer }
