import { Type, type Static } from 'typebox'
import {
  DrainNode,
  FleetView,
  NodePage,
  NodeParams,
  NodeQuery,
  Problem,
  SiteParams,
  SiteSettings,
  SiteView,
} from '../../contract/index.ts'
import type { NodeView } from '../../contract/index.ts'
import type { NodeSummary } from '../../use-cases/nodes/view-fleet.ts'
import { DEFAULT_PAGE_NODES } from '../../tuning/http.ts'
import type { App } from '../app.ts'
import { requireOperator } from '../auth.ts'
import type { HttpDeps } from '../deps.ts'
import { sendRefusal } from '../problem.ts'

const tags = ['fleet']
const security = [{ operator: [] }]
const failures = { '4xx': Problem, '5xx': Problem }

export function fleetRoutes(app: App, deps: HttpDeps): void {
  const preHandler = requireOperator(deps)
  const page = async ({ limit, ...from }: Static<typeof NodeQuery>) => {
    const { nodes, next } = await deps.nodes.page({
      ...from,
      limit: limit === undefined ? DEFAULT_PAGE_NODES : Number(limit),
    })
    return { nodes: nodes.map(nodeView), next }
  }
  const read = <S extends object>(summary: string, answer: S) => ({
    preHandler,
    schema: { tags, security, summary, response: { 200: answer, ...failures } },
  })

  app.get('/fleet', read('All sites and the first 200 nodes', FleetView), async () => {
    const [sites, { nodes }] = await Promise.all([deps.nodes.sites(), page({})])
    return { at: new Date().toISOString(), sites, nodes }
  })
  app.get(
    '/nodes',
    {
      preHandler,
      schema: {
        tags,
        security,
        summary: 'List nodes, page by page',
        querystring: NodeQuery,
        response: { 200: NodePage, ...failures },
      },
    },
    (request) => page(request.query),
  )
  app.get('/sites', read('List sites with their headroom', Type.Array(SiteView)), () => deps.nodes.sites())
  app.put(
    '/sites/:site',
    {
      preHandler,
      schema: {
        tags,
        security,
        summary: 'Say who is near a site, where its rooms may go, and what it keeps free',
        params: SiteParams,
        body: SiteSettings,
        response: { 204: Type.Null(), ...failures },
      },
    },
    async (request, reply) => {
      const answer = await deps.nodes.setSite(request.params.site, request.body)
      if (answer !== 'set') return sendRefusal(reply, answer)
      request.log.info({ site: request.params.site }, 'site set by an operator')
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/sites/:site/restart',
    {
      preHandler,
      schema: {
        tags,
        security,
        summary: 'Restart the LiveKit of all nodes of a site, one by one; where that is stuck, go on',
        description:
          'Each node is drained, its LiveKit restarted by its agent, and the next one follows when it serves again. A drain that would not fit waits. Asked again while it is under way it changes nothing.',
        params: SiteParams,
        response: { 204: Type.Null(), ...failures },
      },
    },
    async (request, reply) => {
      const { site } = request.params
      const answer = await deps.nodes.beginRestart(site)
      if (typeof answer !== 'string') return sendRefusal(reply, answer)
      request.log.info({ site, answer }, 'ordered restart asked for by an operator')
      return reply.code(204).send(null)
    },
  )
  app.delete(
    '/sites/:site/restart',
    {
      preHandler,
      schema: {
        tags,
        security,
        summary: 'Restart no further node; one whose LiveKit is just being restarted comes back first',
        params: SiteParams,
        response: { 204: Type.Null(), ...failures },
      },
    },
    async (request, reply) => {
      const { site } = request.params
      const answer = await deps.nodes.stopRestart(site)
      if (typeof answer !== 'string') return sendRefusal(reply, answer)
      request.log.info({ site, answer }, 'ordered restart stopped by an operator')
      return reply.code(204).send(null)
    },
  )

  const verbs: [string, 'cordoned' | 'serving', string][] = [
    ['cordon', 'cordoned', 'No new rooms on this node; rooms there go on'],
    ['uncordon', 'serving', 'Take new rooms again; also ends a drain'],
  ]
  for (const [verb, state, summary] of verbs)
    app.post(
      `/nodes/:node/${verb}`,
      {
        preHandler,
        schema: { tags, security, summary, params: NodeParams, response: { 204: Type.Null(), ...failures } },
      },
      async (request, reply) => {
        const answer = await deps.nodes.setState(request.params.node, { state })
        if (answer !== 'set') return sendRefusal(reply, answer)
        request.log.info({ node: request.params.node, state }, 'node state set by an operator')
        return reply.code(204).send(null)
      },
    )

  app.post(
    '/nodes/:node/drain',
    {
      preHandler,
      schema: {
        tags,
        security,
        summary: 'Empty a node: its rooms move to other nodes while people talk. `uncordon` takes it back',
        params: NodeParams,
        body: Type.Union([Type.Null(), DrainNode]),
        response: { 204: Type.Null(), ...failures },
      },
    },
    async (request, reply) => {
      const answer = await deps.nodes.setState(request.params.node, { state: 'draining', ...request.body })
      if (answer !== 'set') return sendRefusal(reply, answer)
      request.log.info({ node: request.params.node }, 'drain begun by an operator')
      return reply.code(204).send(null)
    },
  )
}

function nodeView(n: NodeSummary): NodeView {
  return {
    node: n.node,
    site: n.site,
    zone: n.zone,
    url: n.url,
    status: n.status,
    state: n.state,
    lastReportAgeMs: n.silentMs,
    rooms: n.rooms,
    participants: n.participants,
    utilisation: n.utilisation,
    reserved: n.reserved,
    headroom: n.headroom,
    capacity: n.details?.capacity ?? null,
    load: n.details?.load ?? null,
    cpuBusy: n.details?.cpuBusy ?? null,
    cpuSteal: n.details?.cpuSteal ?? null,
    agentVersion: n.agentVersion,
    drain: n.drain,
  }
}
