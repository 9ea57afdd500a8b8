import { Type } from 'typebox'
import {
  Directive,
  Enrolled,
  EnrolNode,
  OfflineRooms,
  NodeParams,
  NodeReport,
  Problem,
} from '../../contract/index.ts'
import { isRefusal } from '../../protocol/refusal.ts'
import { REPORT_BODY_LIMIT_BYTES } from '../../protocol/limits.ts'
import { ENROLMENTS_PER_MIN, OFFLINE_ROOMS_PER_MIN } from '../../tuning/http.ts'
import type { App } from '../app.ts'
import { bearerOf } from '../auth.ts'
import type { HttpDeps } from '../deps.ts'
import { sendProblem, sendRefusal } from '../problem.ts'

const tags = ['nodes']

/** Edge agents: reports go up, directives come back in the reply, so a node behind NAT needs no way in. */
export function nodeRoutes(app: App, deps: HttpDeps): void {
  app.post(
    '/nodes/enrol',
    {
      config: { rateLimit: { max: ENROLMENTS_PER_MIN, timeWindow: 60_000 } },
      schema: {
        tags,
        summary: 'Enrol a node',
        description: 'Again with the same nodeSecret: updates url, site and key.',
        security: [{ enrolment: [] }],
        body: EnrolNode,
        response: { 200: Enrolled, '4xx': Problem, '5xx': Problem },
      },
      // Before the body is looked at: a stranger learns nothing of what would be valid.
      onRequest: async (request, reply) =>
        deps.nodes.isEnrolmentKey(bearerOf(request)) ? undefined : sendProblem(reply, 'enrolment_refused'),
    },
    async (request, reply) => {
      const answer = await deps.nodes.enrol(request.body)
      if (answer !== 'enrolled') return sendRefusal(reply, answer)
      request.log.info({ node: request.body.node, site: request.body.site }, 'node enrolled')
      return reply.send({ node: request.body.node, reportEveryMs: deps.reportEveryMs })
    },
  )

  app.post(
    '/nodes/:node/report',
    {
      bodyLimit: REPORT_BODY_LIMIT_BYTES,
      schema: {
        tags,
        summary: 'Report, and hear what is wanted',
        security: [{ node: [] }],
        params: NodeParams,
        body: NodeReport,
        response: { 200: Directive, '4xx': Problem, '5xx': Problem },
      },
    },
    async (request, reply) => {
      const answer = await deps.nodes.report({
        node: request.params.node,
        secret: bearerOf(request),
        report: request.body,
      })
      if (isRefusal(answer)) return sendRefusal(reply, answer)
      const { state, drop, moved, changed, wholeRooms, restart, offlineGrant } = answer
      const order = {
        state,
        drop,
        moved,
        changed,
        wholeRooms,
        ...(restart && { restart }),
        ...(offlineGrant !== undefined && { offlineGrant }),
      }
      return reply.send({ ...order, reportEveryMs: deps.reportEveryMs })
    },
  )

  app.post(
    '/nodes/:node/offline-rooms',
    {
      // The grant is the key: signed, and given to this node only.
      config: { rateLimit: { max: OFFLINE_ROOMS_PER_MIN, timeWindow: 60_000 } },
      schema: {
        tags,
        summary: 'Meetings that were started on this node while it was cut off',
        params: NodeParams,
        body: OfflineRooms,
        response: { 204: Type.Null(), '4xx': Problem, '5xx': Problem },
      },
    },
    async (request, reply) => {
      const answer = await deps.nodes.adopt({ ...request.params, ...request.body })
      if (answer !== 'adopted') return sendRefusal(reply, answer)
      const { node } = request.params
      request.log.info({ node, rooms: request.body.rooms.length }, 'meetings of a branch that was cut off')
      return reply.code(204).send(null)
    },
  )
}
