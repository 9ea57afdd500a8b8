import { Type } from 'typebox'
import { FleetView, NodeParams, NodeView, Problem, SiteView } from '../../contract/index.ts'
import type { NodeState } from '../../domain/placement.ts'
import type { NodeSummary } from '../../use-cases/view-fleet.ts'
import type { App } from '../app.ts'
import { requireOperator } from '../auth.ts'
import type { HttpDeps } from '../deps.ts'
import { sendProblem } from '../problem.ts'

const tags = ['fleet']
const security = [{ operator: [] }]
const failures = { '4xx': Problem, '5xx': Problem }

export function fleetRoutes(app: App, deps: HttpDeps): void {
  const preHandler = requireOperator(deps)
  const read = <S extends object>(summary: string, answer: S) => ({
    preHandler,
    schema: { tags, security, summary, response: { 200: answer, ...failures } },
  })

  app.get('/fleet', read('Sites, nodes and headroom at once', FleetView), async () => {
    const fleet = await deps.nodes.view()
    return { at: new Date().toISOString(), sites: fleet.sites, nodes: fleet.nodes.map(nodeView) }
  })
  app.get('/nodes', read('List nodes', Type.Array(NodeView)), async () =>
    (await deps.nodes.view()).nodes.map(nodeView),
  )
  app.get(
    '/sites',
    read('List sites with their headroom', Type.Array(SiteView)),
    async () => (await deps.nodes.view()).sites,
  )

  const verbs: [string, NodeState, string][] = [
    ['cordon', 'cordoned', 'No new rooms on this node; rooms there go on'],
    ['uncordon', 'serving', 'Take new rooms again; also ends a drain'],
    ['drain', 'draining', 'No new rooms; the node is to be emptied. Rooms there go on until they end'],
  ]
  for (const [verb, state, summary] of verbs)
    app.post(
      `/nodes/:node/${verb}`,
      {
        preHandler,
        schema: { tags, security, summary, params: NodeParams, response: { 204: Type.Null(), ...failures } },
      },
      async (request, reply) => {
        const answer = await deps.nodes.setState(request.params.node, state)
        if (answer === 'unknown') return sendProblem(reply, 'node_not_found')
        request.log.info({ node: request.params.node, state }, 'node state set by an operator')
        return reply.code(204).send(null)
      },
    )
}

function nodeView(n: NodeSummary): NodeView {
  return {
    node: n.node,
    site: n.site,
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
  }
}
