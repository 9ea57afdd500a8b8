import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { fieldFaults } from '../protocol/problems/field-faults.ts'
import { problemDetails } from '../protocol/problems/problem-details.ts'
import type { ProblemCode } from '../protocol/problems/problem-table.ts'
import { sendProblem } from './problem.ts'

/** Fastify's own error codes as problems of the closed list. */
const BY_FASTIFY_CODE: Record<string, ProblemCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
}

/** Other faults of a request, by the status that Fastify and its plugins give them. */
const BY_STATUS: Record<number, ProblemCode> = {
  400: 'malformed_request',
  // A path with `//`, `..`, `%00` or `\` cannot be the path of a file.
  403: 'not_found',
  404: 'not_found',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
}

type Fault = Error & {
  code?: string
  statusCode?: number
  validation?: { instancePath?: string; message?: string; params?: Record<string, unknown> }[]
  validationContext?: string
}

/** The one place where an exception becomes a response. Values from the request are never echoed. */
export function installErrorHandler(app: FastifyInstance, isStoreAway: (error: unknown) => boolean): void {
  app.setErrorHandler((error: Fault, request, reply) => {
    if (isStoreAway(error)) return sendProblem(reply, 'store_unavailable')
    if (error.validation) {
      // A path with an impossible id names nothing that could exist.
      if (error.validationContext === 'params') return sendProblem(reply, 'not_found')
      return sendProblem(reply, 'invalid_request', { errors: fieldFaults(error.validation) })
    }
    const code = codeOf(error)
    // Fastify would close the connection while the client is still sending, and the client would never read the reason.
    // The rest of the body is discarded unread instead; the request time-out bounds it.
    if (code === 'payload_too_large') reply.removeHeader('connection')
    if (code === 'not_found') return reply.callNotFound()
    if (code) return sendProblem(reply, code)
    request.log.error({ err: error }, 'request failed')
    return sendProblem(reply, 'internal')
  })
}

const codeOf = ({ code = '', statusCode = 500 }: Fault): ProblemCode | undefined =>
  BY_FASTIFY_CODE[code] ?? BY_STATUS[statusCode] ?? (statusCode < 500 ? 'malformed_request' : undefined)

/** Answers a path that the router cannot decode. No hook runs for it. */
export const answerBadUrl =
  (headersOf: (url: string) => Record<string, string>) =>
  (_error: Error, request: FastifyRequest, reply: FastifyReply): void => {
    void sendProblem(reply.headers(headersOf(request.raw.url ?? '')), 'not_found')
  }

/** Answers what is not HTTP, comes too slowly or has too many headers; there is no request object then. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  if (socket.writable) {
    const problem = problemDetails(clientErrorCode(error.code), { requestId: '' })
    const body = JSON.stringify(problem)
    socket.write(
      [
        `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
        'content-type: application/problem+json',
        `content-length: ${Buffer.byteLength(body)}`,
        'cache-control: no-store',
        'x-content-type-options: nosniff',
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    )
  }
  socket.destroy()
}

function clientErrorCode(code: string | undefined): ProblemCode {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timeout'
  return code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'malformed_request'
}
