import type { FastifyInstance } from 'fastify'
import { fieldFaults } from '../protocol/problems/field-faults.ts'
import type { ProblemCode } from '../protocol/problems/problem-table.ts'
import { sendProblem } from './problem.ts'

/** Fastify's own error codes as problems of the closed list. */
const BY_FASTIFY_CODE: Record<string, ProblemCode> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed_request',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_request',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_request',
  FST_ERR_BAD_URL: 'not_found',
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
    const known = error.code ? BY_FASTIFY_CODE[error.code] : undefined
    // Fastify would close the connection while the client is still sending, and the client would never read the reason.
    // The rest of the body is discarded unread instead; the request time-out bounds it.
    if (known === 'payload_too_large') reply.removeHeader('connection')
    if (known) return sendProblem(reply, known)
    if (error.statusCode === 429) return sendProblem(reply, 'rate_limited')
    if (error.statusCode === 400) return sendProblem(reply, 'malformed_request')
    request.log.error({ err: error }, 'request failed')
    return sendProblem(reply, 'internal')
  })
}
