import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Directive, Enrolled, EnrolNode, NodeParams, NodeReport, OfflineRooms } from '../../contract/index.ts'
import {
  OFFLINE_ROOMS_BODY_LIMIT_BYTES,
  REPORT_BODY_LIMIT_BYTES,
  REPORT_EVERY_MS,
} from '../../protocol/limits.ts'
import { parseNodeCredential } from '../../protocol/node-credential.ts'
import { isRefusal } from '../../protocol/problems/refusal.ts'
import { PROTOCOL_VERSION, protocolMismatch } from '../../protocol/version.ts'
import {
  LARGE_REPORT_BYTES,
  LARGE_REPORTS_PER_MIN,
  OFFLINE_ROOMS_PER_MIN,
  REFUSED_REPORTS_PER_MIN,
  REPORTS_PER_MIN,
} from '../../tuning/http.ts'
import { enrolNode, type EnrolNodeDeps } from '../../use-cases/nodes/enrol-node.ts'
import { reportNode, type ReportNodeDeps } from '../../use-cases/nodes/report-node.ts'
import { adoptOfflineRooms, type AdoptOfflineRoomsDeps } from '../../use-cases/rooms/adopt-offline-rooms.ts'
import type { RouteAccesses } from '../access.ts'
import { bearerOf } from '../auth.ts'
import { impossibleFields, readingOf } from '../node-reading.ts'
import { sendProblem, sendRefusal } from '../problem.ts'
import { perNode, PROBLEM_RESPONSES, type App } from '../route.ts'
import { validateToFirstFault } from '../validation.ts'

export type AgentRoutesDeps = {
  /** Where a key lets nodes enrol. */
  enrolmentSites: (key: string) => 'all' | readonly string[]
} & EnrolNodeDeps &
  ReportNodeDeps &
  AdoptOfflineRoomsDeps

const tags = ['nodes']
const MISMATCHES = ['agent_too_old', 'agent_too_new'] as const

/** Edge agents: reports come in, directives go back in the response, so a node behind NAT needs no open port for it. */
export function agentRoutes(app: App, deps: AgentRoutesDeps, { enrolment, node }: RouteAccesses): void {
  app.post(
    '/nodes/enrol',
    {
      onRequest: enrolment.onRequest,
      config: {
        ...enrolment.config,
        refuses: [...MISMATCHES, 'node_id_taken', 'node_removed', 'node_url_refused'],
      },
      schema: {
        tags,
        operationId: 'enrolNode',
        summary: 'Enrol a node',
        description: 'A repeated call with the same nodeSecret updates url, site and key.',
        body: EnrolNode,
        response: { 200: Enrolled, ...PROBLEM_RESPONSES },
      },
      preValidation: refuseOtherProtocols,
    },
    async (request, reply) => {
      const { node: id, site } = request.body
      const sites = deps.enrolmentSites(bearerOf(request))
      if (sites !== 'all' && !sites.includes(site)) return sendProblem(reply, 'enrolment_refused')
      const answer = await enrolNode(deps, request.body)
      if (isRefusal(answer)) return sendRefusal(reply, answer)
      request.log.info({ node: id, site }, 'node enrolled')
      return reply.send({
        protocol: PROTOCOL_VERSION,
        node: id,
        seal: answer.seal,
        reportEveryMs: REPORT_EVERY_MS,
      })
    },
  )

  const refused = app.createRateLimit(perNode(REFUSED_REPORTS_PER_MIN).rateLimit)
  const large = app.createRateLimit(perNode(LARGE_REPORTS_PER_MIN).rateLimit)
  /** Before the body is read: a node whose reports are refused, come twice or list very many rooms has to wait. */
  async function limitReports(
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> {
    const isLarge = !(Number(request.headers['content-length']) <= LARGE_REPORT_BYTES)
    for (const limited of [await refused(request, { increment: false }), isLarge && (await large(request))])
      if (limited && !limited.isAllowed && limited.remaining === 0)
        return sendProblem(reply.header('retry-after', limited.ttlInSeconds), 'rate_limited')
    return undefined
  }

  app.post(
    '/nodes/:node/report',
    {
      onRequest: [node.onRequest, limitReports],
      async onResponse(request, reply) {
        const { statusCode } = reply
        if (statusCode >= 400 && statusCode < 500 && statusCode !== 429) await refused(request)
      },
      config: {
        ...node.config,
        ...perNode(REPORTS_PER_MIN),
        refuses: [...MISMATCHES, 'impossible_report'],
      },
      bodyLimit: REPORT_BODY_LIMIT_BYTES,
      validatorCompiler: validateToFirstFault,
      schema: {
        tags,
        operationId: 'reportNode',
        summary: 'Report, and receive what the node is to do',
        params: NodeParams,
        body: NodeReport,
        response: { 200: Directive, ...PROBLEM_RESPONSES },
      },
      preValidation: refuseOtherProtocols,
    },
    async (request, reply) => {
      const errors = impossibleFields(request.body)
      if (errors.length > 0) return sendRefusal(reply, { refused: 'impossible_report', errors })
      const answer = await reportNode(deps, {
        node: request.params.node,
        secret: secretOf(request),
        reading: readingOf(request.body),
        offlineGrantSec: request.body.offlineGrantSec,
      })
      if (isRefusal(answer)) return sendRefusal(reply, answer)
      const { isStale, ...directive } = answer
      if (isStale) await refused(request)
      return reply.send(directive)
    },
  )

  app.post(
    '/nodes/:node/offline-rooms',
    {
      onRequest: node.onRequest,
      config: {
        ...node.config,
        ...perNode(OFFLINE_ROOMS_PER_MIN),
        refuses: ['offline_grant_refused'],
      },
      bodyLimit: OFFLINE_ROOMS_BODY_LIMIT_BYTES,
      validatorCompiler: validateToFirstFault,
      schema: {
        tags,
        operationId: 'adoptOfflineRooms',
        summary: 'Announce meetings that were started on this node while it was offline',
        params: NodeParams,
        body: OfflineRooms,
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const answer = await adoptOfflineRooms(deps, { ...request.params, ...request.body })
      if (answer !== 'adopted') return sendRefusal(reply, answer)
      const { params, body } = request
      request.log.info(
        { node: params.node, rooms: body.rooms.length },
        'meetings of an offline branch taken over',
      )
      return reply.code(204).send(null)
    },
  )
}

const secretOf = (request: FastifyRequest): string => parseNodeCredential(bearerOf(request)).secret

/** The version that the sender states, even if the rest of its body is not valid. */
const protocolOf = ({ body }: FastifyRequest): unknown =>
  typeof body === 'object' && body !== null && 'protocol' in body ? body.protocol : undefined

/** preValidation: the rest of an incompatible body means something else. */
async function refuseOtherProtocols(
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const mismatch = protocolMismatch(protocolOf(request))
  if (!mismatch) return undefined
  request.log.warn({ code: mismatch, protocol: PROTOCOL_VERSION }, 'an incompatible agent was refused')
  return sendProblem(reply, mismatch)
}
