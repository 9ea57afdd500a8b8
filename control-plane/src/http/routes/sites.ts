import { Type } from 'typebox'
import { SiteParams, SiteSettings, SiteView } from '../../contract/index.ts'
import { beginRestart, stopRestart, type RestartSiteDeps } from '../../use-cases/sites/restart-site.ts'
import { setSite, type SetSiteDeps } from '../../use-cases/sites/set-site.ts'
import { viewSites, type ViewSitesDeps } from '../../use-cases/sites/view-sites.ts'
import type { RouteAccesses } from '../access.ts'
import { sendRefusal } from '../problem.ts'
import { PROBLEM_RESPONSES, acting, type App } from '../route.ts'

export type SiteRoutesDeps = ViewSitesDeps & SetSiteDeps & RestartSiteDeps

export function siteRoutes(app: App, deps: SiteRoutesDeps, { operator }: RouteAccesses): void {
  const common = { tags: ['fleet'] }

  app.get(
    '/sites',
    {
      ...operator,
      schema: {
        ...common,
        operationId: 'listSites',
        summary: 'List sites with their headroom',
        response: { 200: Type.Array(SiteView), ...PROBLEM_RESPONSES },
      },
    },
    () => viewSites(deps),
  )

  app.put(
    '/sites/:site',
    {
      ...acting(operator, 'site.set', ['site_not_found']),
      schema: {
        ...common,
        operationId: 'setSite',
        summary: 'Set who is near a site, where its rooms may go, and what it keeps free',
        params: SiteParams,
        body: SiteSettings,
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const answer = await setSite(deps, request.params.site, request.body)
      if (answer !== 'set') return sendRefusal(reply, answer)
      request.log.info({ site: request.params.site }, 'site set by an operator')
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/sites/:site/restart',
    {
      ...acting(operator, 'site.restart', ['site_not_found']),
      schema: {
        ...common,
        operationId: 'restartSite',
        summary: 'Restart the LiveKit of all nodes of a site, one by one; where that is stuck, continue',
        description:
          'Each node is drained, its LiveKit restarted by its agent, and the next one follows when it serves again. A drain that would not fit waits. While a restart is under way this changes nothing.',
        params: SiteParams,
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const { site } = request.params
      const answer = await beginRestart(deps, site)
      if (typeof answer !== 'string') return sendRefusal(reply, answer)
      request.log.info({ site, answer }, 'ordered restart requested by an operator')
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/sites/:site/restart',
    {
      ...acting(operator, 'site.stop_restart', ['site_not_found']),
      schema: {
        ...common,
        operationId: 'stopSiteRestart',
        summary: 'Restart no further node; a node whose LiveKit is being restarted comes back first',
        params: SiteParams,
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const { site } = request.params
      const answer = await stopRestart(deps, site)
      if (typeof answer !== 'string') return sendRefusal(reply, answer)
      request.log.info({ site, answer }, 'ordered restart stopped by an operator')
      return reply.code(204).send(null)
    },
  )
}
