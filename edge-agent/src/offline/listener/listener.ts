import { UNCACHED_FILE, asksForPage } from '@levee/control-plane/protocol/client-paths'
import { problemDetails } from '@levee/control-plane/protocol/problems/problem-details'
import { problemText } from '@levee/control-plane/protocol/problems/problem-text'
import { nodeSources, securityHeaders } from '@levee/control-plane/protocol/security-headers'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { ListenerConfig } from '../../config.ts'
import type { ControlPlaneLink } from '../control-plane-link.ts'
import type { OfflineRooms } from '../offline-rooms.ts'
import type { Refusal } from '../refusals.ts'
import type { OwnNode } from '../tokens.ts'
import { listenerApp, serveClient } from './app.ts'
import { PLAIN_PAGE } from './plain-page.ts'
import type { ControlPlaneProxy, ProxyResult } from './proxy.ts'
import { roomRoutes } from './room-routes.ts'

export type AnsweredBy = 'control-plane' | 'branch'

const OFFLINE = { offline: true } as const

/**
 * Starts the listener to which a branch's DNS directs the public name. It forwards everything to the control plane; while
 * the link is down the branch answers as its grant allows. Rejects when it cannot listen.
 */
export async function startListener(options: {
  config: ListenerConfig
  own: OwnNode
  link: ControlPlaneLink
  proxy: ControlPlaneProxy
  rooms: OfflineRooms
  onAnswer: (by: AnsweredBy) => void
  log: Logger
}): Promise<{ close(): Promise<void> }> {
  const { config, own, link, proxy, rooms, onAnswer, log } = options
  const app = await listenerApp({ trustedProxies: config.trustedProxies, log })
  const headers = securityHeaders({
    connect: [...config.cspConnect, ...nodeSources(own.url)],
    https: config.publicUrl?.startsWith('https:') ?? false,
  })

  const refuse = (request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply => {
    const { refused, detail, errors } = refusal
    const problem = problemDetails(refused, { requestId: request.id, detail, errors, ...OFFLINE })
    if (problem.retryAfterSec !== undefined) reply.header('retry-after', problem.retryAfterSec)
    return reply
      .code(problem.status)
      .headers(headers.api)
      .header('cache-control', 'no-store')
      .header('content-type', 'application/problem+json')
      .serializer(JSON.stringify)
      .send(problem)
  }

  const forward = async (
    request: FastifyRequest,
    reply: FastifyReply,
    options: { body: Buffer | undefined; returnStoreProblem: boolean },
  ): Promise<ProxyResult> => {
    if (link.isDown()) return { kind: 'link-down' }
    const { protocol: proto, host } = request
    const result = await proxy(request.raw, reply.raw, { ...options, proto, host })
    if (result.kind === 'answered') onAnswer('control-plane')
    return result
  }

  roomRoutes(app, {
    rooms,
    apiSecret: own.apiSecret,
    publicUrl: config.publicUrl,
    forward: (request, reply, body) => forward(request, reply, { body, returnStoreProblem: true }),
    sendLocal(reply, { status, body }) {
      onAnswer('branch')
      return reply
        .code(status)
        .headers(headers.api)
        .header('cache-control', 'no-store')
        .send(body ?? null)
    },
    refuse(request, reply, refusal) {
      onAnswer('branch')
      return refuse(request, reply, refusal)
    },
    onForwarded: () => onAnswer('control-plane'),
    statusOf: ({ refused }) => problemText(refused, OFFLINE).status,
  })

  /** Everything except rooms: streamed to the control plane; else the client, a plain page, or a refusal. */
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.url?.startsWith('/v1/')) return
    const result = await forward(request, reply, { body: undefined, returnStoreProblem: false })
    if (result.kind === 'answered') return reply.hijack()
    onAnswer('branch')
    const isPage = asksForPage(request)
    const hasClient = config.webDir !== undefined && rooms.mayAnswer()
    if (hasClient && (isPage || !request.is404)) {
      reply.headers(headers.page)
      return
    }
    if (!isPage || hasClient) return refuse(request, reply, { refused: 'store_unavailable' })
    return reply
      .code(503)
      .headers(headers.page)
      .header('retry-after', problemText('store_unavailable', OFFLINE).retryAfterSec)
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(PLAIN_PAGE)
  })

  // A program may have asked for something that only the control plane has.
  app.setNotFoundHandler((request, reply) =>
    config.webDir !== undefined && rooms.mayAnswer() && asksForPage(request)
      ? reply.code(404).sendFile('index.html', UNCACHED_FILE)
      : refuse(request, reply, { refused: 'store_unavailable' }),
  )
  app.setErrorHandler((error: Error & { code?: string; statusCode?: number }, request, reply) => {
    if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
      // Fastify would close the connection while the client is still sending, and the client would not read why.
      reply.removeHeader('connection')
      return refuse(request, reply, { refused: 'payload_too_large' })
    }
    // A path with `//` or `..`
    if (error.code === 'FST_STATIC_FORBIDDEN_PATH') return reply.callNotFound()
    if (error.statusCode !== undefined && error.statusCode < 500)
      return refuse(request, reply, { refused: 'malformed_request' })
    log.error({ err: error, route: request.routeOptions.url }, 'the listener could not answer')
    return refuse(request, reply, { refused: 'internal' })
  })

  if (config.webDir !== undefined) await serveClient(app, config.webDir)
  await app.listen({ host: config.host, port: config.port })
  return app
}
