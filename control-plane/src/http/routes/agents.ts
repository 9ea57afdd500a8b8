import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Directive, Enrolled, EnrolNode, NodeParams, NodeReport, OfflineRooms } from '../../contract/index.ts'
import { REPORT_BODY_LIMIT_BYTES, REPORT_EVERY_MS } from '../../protocol/limits.ts'
import { isRefusal } from '../../protocol/problems/refusal.ts'
import { PROTOCOL_VERSION, protocolMismatch, type ProtocolMismatch } from '../../protocol/version.ts'
import { ENROLMENTS_PER_MIN, OFFLINE_ROOMS_PER_MIN } from '../../tuning/http.ts'
import { enrolNode, type EnrolNodeDeps } from '../../use-cases/nodes/enrol-node.ts'
import { isNodeSecret, type NodeSecretDeps } from '../../use-cases/nodes/node-secret.ts'
import { reportNode, type ReportNodeDeps } from '../../use-cases/nodes/report-node.ts'
import { adoptOfflineRooms, type AdoptOfflineRoomsDeps } from '../../use-cases/rooms/adopt-offline-rooms.ts'
import { bearerOf } from '../auth.ts'
import { impossibleFields, readingOf } from '../node-reading.ts'
import { sendProblem, sendRefusal } from '../problem.ts'
import { perMinute, PROBLEM_RESPONSES, type App } from '../route.ts'

export type AgentRoutesDeps = EnrolNodeDeps &
  NodeSecretDeps &
  ReportNodeDeps &
  AdoptOfflineRoomsDeps & { isEnrolmentKey: (key: string) => boolean }

const tags = ['nodes']

/** Edge agents: reports come in, directives go back in the response, so a node behind NAT needs no open port for it. */
export function agentRoutes(app: App, deps: AgentRoutesDeps): void {
  app.post(
    '/nodes/enrol',
    {
      config: perMinute(ENROLMENTS_PER_MIN),
      schema: {
        tags,
        summary: 'Enrol a node',
        description: 'A repeated call with the same nodeSecret updates url, site and key.',
        security: [{ enrolment: [] }],
        body: EnrolNode,
        response: { 200: Enrolled, ...PROBLEM_RESPONSES },
      },
      // Checked before the body is parsed: a caller without the key does not learn what is valid.
      onRequest: async (request, reply) =>
        deps.isEnrolmentKey(bearerOf(request)) ? undefined : sendProblem(reply, 'enrolment_refused'),
      preValidation: async (request, reply) => {
        const mismatch = protocolMismatch(protocolOf(request))
        return mismatch && refuseProtocol(request, reply, mismatch)
      },
    },
    async (request, reply) => {
      const { node, site } = request.body
      const answer = await enrolNode(deps, request.body)
      if (answer !== 'enrolled') return sendRefusal(reply, answer)
      request.log.info({ node, site }, 'node enrolled')
      return reply.send({ protocol: PROTOCOL_VERSION, node, reportEveryMs: REPORT_EVERY_MS })
    },
  )

  app.post(
    '/nodes/:node/report',
    {
      bodyLimit: REPORT_BODY_LIMIT_BYTES,
      schema: {
        tags,
        summary: 'Report, and receive what the node is to do',
        security: [{ node: [] }],
        params: NodeParams,
        body: NodeReport,
        response: { 200: Directive, ...PROBLEM_RESPONSES },
      },
      // The secret is checked together with the report, in one script; an incompatible report never gets that far.
      preValidation: async (request, reply) => {
        const mismatch = protocolMismatch(protocolOf(request))
        if (!mismatch) return undefined
        const { node } = request.params
        if (!(await isNodeSecret(deps, node, bearerOf(request))))
          return sendProblem(reply, 'node_unauthorized')
        return refuseProtocol(request, reply, mismatch)
      },
    },
    async (request, reply) => {
      const errors = impossibleFields(request.body)
      if (errors.length > 0) return sendRefusal(reply, { refused: 'impossible_report', errors })
      const answer = await reportNode(deps, {
        node: request.params.node,
        secret: bearerOf(request),
        reading: readingOf(request.body),
        offlineGrantSec: request.body.offlineGrantSec,
      })
      return isRefusal(answer) ? sendRefusal(reply, answer) : reply.send(answer)
    },
  )

  app.post(
    '/nodes/:node/offline-rooms',
    {
      // The grant in the body authenticates the request: it is signed and names its node.
      config: perMinute(OFFLINE_ROOMS_PER_MIN),
      schema: {
        tags,
        summary: 'Announce meetings that were started on this node while it was offline',
        params: NodeParams,
        body: OfflineRooms,
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const answer = await adoptOfflineRooms(deps, { ...request.params, ...request.body })
      if (answer !== 'adopted') return sendRefusal(reply, answer)
      const { node } = request.params
      request.log.info({ node, rooms: request.body.rooms.length }, 'meetings of an offline branch taken over')
      return reply.code(204).send(null)
    },
  )
}

/** The version that the sender states, even if the rest of its body is not valid. */
const protocolOf = ({ body }: FastifyRequest): unknown =>
  typeof body === 'object' && body !== null && 'protocol' in body ? body.protocol : undefined

function refuseProtocol(
  request: FastifyRequest,
  reply: FastifyReply,
  mismatch: ProtocolMismatch,
): FastifyReply {
  request.log.warn({ code: mismatch, protocol: PROTOCOL_VERSION }, 'an incompatible agent was refused')
  return sendProblem(reply, mismatch)
}
