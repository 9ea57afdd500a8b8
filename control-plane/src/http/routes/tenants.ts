import { Type } from 'typebox'
import { Problem, SetStandby, TenantParams, TenantStandby } from '../../contract/index.ts'
import type { StandbyLevel } from '../../domain/rooms.ts'
import type { App } from '../app.ts'
import { requireOperator } from '../auth.ts'
import type { HttpDeps } from '../deps.ts'

const URL = '/tenants/:tenant/standby'

export function tenantRoutes(app: App, deps: HttpDeps): void {
  const preHandler = requireOperator(deps)
  const common = { tags: ['tenants'], params: TenantParams, security: [{ operator: [] }] }
  const failures = { '4xx': Problem, '5xx': Problem }
  const set = async (tenant: string, level: StandbyLevel | null, log: HttpDeps['log']) => {
    await deps.tenants.setStandby(tenant, level)
    log.info({ tenant, level }, 'standby of a tenant set by an operator')
  }

  app.get(
    URL,
    {
      preHandler,
      schema: {
        ...common,
        summary: 'How well the meetings of a tenant are stood by for',
        response: { 200: TenantStandby, ...failures },
      },
    },
    async ({ params }) => ({ level: await deps.tenants.standby(params.tenant) }),
  )
  app.put(
    URL,
    {
      preHandler,
      schema: {
        ...common,
        summary: 'Say how well the meetings of a tenant are stood by for',
        description:
          'For meetings that say nothing themselves, also those that run: each from its next join or rejoin.',
        body: SetStandby,
        response: { 204: Type.Null(), ...failures },
      },
    },
    async ({ params, body, log }, reply) => {
      await set(params.tenant, body.level, log)
      return reply.code(204).send(null)
    },
  )
  app.delete(
    URL,
    {
      preHandler,
      schema: {
        ...common,
        summary: 'Leave the meetings of a tenant to the installation’s standby level again',
        response: { 204: Type.Null(), ...failures },
      },
    },
    async ({ params, log }, reply) => {
      await set(params.tenant, null, log)
      return reply.code(204).send(null)
    },
  )
}
