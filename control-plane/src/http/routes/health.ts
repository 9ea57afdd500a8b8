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
const METRICS = {
  description: 'Prometheus text format.',
  content: { 'text/plain': { schema: Type.String() } },
}
const Ok = Type.Object({ status: Type.Literal('ok') })

export function healthRoutes(app: App, deps: HealthDeps, { metrics: access }: RouteAccesses): void {
  app.get(
    '/livez',
    {
      schema: {
        tags,
        operationId: 'isAlive',
        summary: 'Is this replica alive? Does not call Redis.',
        response: { 200: Ok },
      },
    },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    {
      config: { access: 'anyone', refuses: ['stopping'] },
      schema: {
        tags,
        operationId: 'isReady',
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
      schema: {
        tags,
        operationId: 'metrics',
        summary: 'Prometheus metrics',
        response: { 200: METRICS, '4xx': PROBLEM_RESPONSES['4xx'] },
      },
    },
    async (_request, reply) => {
      const { body, contentType } = await deps.metrics()
      return reply.header('cache-control', 'no-store').header('content-type', contentType).send(body)
    },
  )
}
