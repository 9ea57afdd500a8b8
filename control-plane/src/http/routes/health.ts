import { Type } from 'typebox'
import { Problem } from '../../contract/index.ts'
import type { App } from '../app.ts'
import { bearerOf } from '../auth.ts'
import type { HttpDeps } from '../deps.ts'
import { sendProblem } from '../problem.ts'

const tags = ['health']
const Ok = Type.Object({ status: Type.Literal('ok') })

export function healthRoutes(app: App, deps: HttpDeps): void {
  app.get(
    '/livez',
    { schema: { tags, summary: 'Is this replica alive? Does not ask Redis.', response: { 200: Ok } } },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    {
      schema: {
        tags,
        summary: 'Should this replica get traffic? Not while stopping, not while Redis is away.',
        response: { 200: Ok, '5xx': Problem },
      },
    },
    async (_request, reply) => {
      if (deps.isStopping()) return sendProblem(reply, 'stopping')
      await deps.ready()
      return { status: 'ok' as const }
    },
  )

  app.get(
    '/metrics',
    {
      schema: { tags, summary: 'Prometheus metrics', security: [{ metrics: [] }], produces: ['text/plain'] },
    },
    async (request, reply) => {
      if (!deps.isMetricsKey(bearerOf(request))) return sendProblem(reply, 'metrics_key_required')
      const { body, contentType } = await deps.metrics()
      return reply.header('content-type', contentType).send(body)
    },
  )
}
