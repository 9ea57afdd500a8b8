import type { FastifyBaseLogger } from 'fastify'
import { Type } from 'typebox'
import { SetStandby, TenantParams, TenantStandby } from '../../contract/index.ts'
import type { StandbyLevel } from '../../protocol/shapes/rooms.ts'
import {
  setTenantStandby,
  viewTenantStandby,
  type TenantStandbyDeps,
} from '../../use-cases/tenants/tenant-standby.ts'
import type { RouteAccesses } from '../access.ts'
import { PROBLEM_RESPONSES, acting, type App } from '../route.ts'

export type TenantRoutesDeps = TenantStandbyDeps

const URL = '/tenants/:tenant/standby'

export function tenantRoutes(app: App, deps: TenantRoutesDeps, { operator }: RouteAccesses): void {
  const common = { tags: ['tenants'], params: TenantParams }
  const set = async (tenant: string, level: StandbyLevel | null, log: FastifyBaseLogger) => {
    await setTenantStandby(deps, tenant, level)
    log.info({ tenant, level }, 'standby level of a tenant set by an operator')
  }

  app.get(
    URL,
    {
      ...operator,
      schema: {
        ...common,
        operationId: 'viewTenantStandby',
        summary: 'Standby level of a tenant’s meetings',
        response: { 200: TenantStandby, ...PROBLEM_RESPONSES },
      },
    },
    async ({ params }) => viewTenantStandby(deps, params.tenant),
  )
  app.put(
    URL,
    {
      ...acting(operator, 'tenant.set_standby'),
      schema: {
        ...common,
        operationId: 'setTenantStandby',
        summary: 'Set the standby level of a tenant’s meetings',
        description:
          'For meetings without a level of their own, also running ones: each from its next join or rejoin.',
        body: SetStandby,
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
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
      ...acting(operator, 'tenant.reset_standby'),
      schema: {
        ...common,
        operationId: 'resetTenantStandby',
        summary: 'Return a tenant’s meetings to the standby level of the installation',
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async ({ params, log }, reply) => {
      await set(params.tenant, null, log)
      return reply.code(204).send(null)
    },
  )
}
