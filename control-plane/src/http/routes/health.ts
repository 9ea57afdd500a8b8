import { Type } from 'typebox'
import type { RouteAccesses } from '../access.ts'
import { sendProblem } from '../problem.ts'
import { PROBLEM_RESPONSES, type App } from '../route.ts'

export type HealthDeps = {
  isStopping: () => boolean
  /** Rejects while this replica cannot serve. */
  checkReady: () => Promise<void>
  metrics: () => Promise<{ body: string; contentType: string }>
}

const tags = ['health']
const Ok = Type.Object({ status: Type.Literal('ok') })

export function healthRoutes(app: App, deps: HealthDeps, { metrics: access }: RouteAccesses): void {
  app.get(
    '/livez',
    {
      schema: { tags, summary: 'Is this replica alive? Does not call Redis.', response: { 200: Ok } },
    },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    {
      schema: {
        tags,
        summary: 'Should this replica get traffic? Not while it stops, not while Redis is away.',
        response: { 200: Ok, '5xx': PROBLEM_RESPONSES['5xx'] },
      },
    },
    async (_request, reply) => {
      if (deps.isStopping()) return sendProblem(reply, 'stopping')
      await deps.checkReady()
      return { status: 'ok' as const }
    },
  )

  app.get(
    '/metrics',
    {
      ...access,
      schema: { tags, summary: 'Prometheus metrics', produces: ['text/plain'] },
    },
    async (_request, reply) => {
      const { body, contentType } = await deps.metrics()
      return reply.header('content-type', contentType).send(body)
    },
  )
}
