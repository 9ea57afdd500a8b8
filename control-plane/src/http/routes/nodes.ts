import { Type, type Static } from 'typebox'
import {
  DrainNode,
  FleetView,
  NodePage,
  NodeParams,
  NodeQuery,
  RemovedNodes,
  type NodeView,
} from '../../contract/index.ts'
import { DEFAULT_PAGE_NODES } from '../../tuning/http.ts'
import {
  allowNode,
  removeNode,
  viewRemovedNodes,
  type RemoveNodeDeps,
} from '../../use-cases/nodes/remove-node.ts'
import { setNodeState, type SetNodeStateDeps } from '../../use-cases/nodes/set-node-state.ts'
import { viewNodes, type NodeSummary, type ViewNodesDeps } from '../../use-cases/nodes/view-nodes.ts'
import { viewSites } from '../../use-cases/sites/view-sites.ts'
import type { RouteAccesses } from '../access.ts'
import { sendRefusal } from '../problem.ts'
import { PROBLEM_RESPONSES, acting, type App } from '../route.ts'

export type NodeRoutesDeps = ViewNodesDeps & SetNodeStateDeps & RemoveNodeDeps

/** Nodes for operators. */
export function nodeRoutes(app: App, deps: NodeRoutesDeps, { operator }: RouteAccesses): void {
  const common = { tags: ['fleet'] }
  const page = async ({ limit, ...from }: Static<typeof NodeQuery>) => {
    const { nodes, next } = await viewNodes(deps, {
      ...from,
      limit: limit === undefined ? DEFAULT_PAGE_NODES : Number(limit),
    })
    return { nodes: nodes.map(nodeView), next }
  }

  app.get(
    '/fleet',
    {
      ...operator,
      schema: {
        ...common,
        operationId: 'viewFleet',
        summary: 'All sites and the first 200 nodes',
        response: { 200: FleetView, ...PROBLEM_RESPONSES },
      },
    },
    async () => {
      const [sites, { nodes }] = await Promise.all([viewSites(deps), page({})])
      return { at: new Date().toISOString(), sites, nodes }
    },
  )
  app.get(
    '/nodes',
    {
      ...operator,
      schema: {
        ...common,
        operationId: 'listNodes',
        summary: 'List nodes, page by page',
        querystring: NodeQuery,
        response: { 200: NodePage, ...PROBLEM_RESPONSES },
      },
    },
    (request) => page(request.query),
  )

  const verbs: [string, 'cordoned' | 'serving', string][] = [
    ['cordon', 'cordoned', 'No new rooms on this node; rooms there go on'],
    ['uncordon', 'serving', 'Take new rooms again; also ends a drain'],
  ]
  for (const [verb, state, summary] of verbs)
    app.post(
      `/nodes/:node/${verb}`,
      {
        ...acting(operator, `node.${verb}`, ['node_not_found']),
        schema: {
          ...common,
          operationId: `${verb}Node`,
          summary,
          params: NodeParams,
          response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
        },
      },
      async (request, reply) => {
        const answer = await setNodeState(deps, request.params.node, { state })
        if (answer !== 'set') return sendRefusal(reply, answer)
        request.log.info({ node: request.params.node, state }, 'node state set by an operator')
        return reply.code(204).send(null)
      },
    )

  app.post(
    '/nodes/:node/drain',
    {
      ...acting(operator, 'node.drain', ['node_not_found', 'drain_does_not_fit']),
      schema: {
        ...common,
        operationId: 'drainNode',
        summary: 'Drain a node: its rooms move to other nodes while people talk. `uncordon` cancels it',
        params: NodeParams,
        body: Type.Union([Type.Null(), DrainNode], { examples: [{ withinSec: 300 }] }),
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const answer = await setNodeState(deps, request.params.node, { state: 'draining', ...request.body })
      if (answer !== 'set') return sendRefusal(reply, answer)
      request.log.info({ node: request.params.node }, 'drain begun by an operator')
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/nodes/:node',
    {
      ...acting(operator, 'node.remove', ['node_not_found']),
      schema: {
        ...common,
        operationId: 'removeNode',
        summary:
          'Remove a node for good: its credentials, grants and tickets end, its rooms are placed elsewhere',
        params: NodeParams,
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const answer = await removeNode(deps, request.params.node)
      if (answer !== 'removed') return sendRefusal(reply, answer)
      request.log.warn({ node: request.params.node }, 'node removed by an operator')
      return reply.code(204).send(null)
    },
  )
  app.get(
    '/removed-nodes',
    {
      ...operator,
      schema: {
        ...common,
        operationId: 'listRemovedNodes',
        summary: 'Nodes that were removed, the last one first',
        response: { 200: RemovedNodes, ...PROBLEM_RESPONSES },
      },
    },
    () => viewRemovedNodes(deps),
  )
  app.delete(
    '/removed-nodes/:node',
    {
      ...acting(operator, 'node.allow', ['node_not_found']),
      schema: {
        ...common,
        operationId: 'allowNode',
        summary: 'Allow the id of a removed node to be enrolled again',
        params: NodeParams,
        response: { 204: Type.Null(), ...PROBLEM_RESPONSES },
      },
    },
    async (request, reply) => {
      const answer = await allowNode(deps, request.params.node)
      if (answer !== 'allowed') return sendRefusal(reply, answer)
      request.log.info({ node: request.params.node }, 'removed node allowed by an operator')
      return reply.code(204).send(null)
    },
  )
}

function nodeView({ silentMs, details, ...node }: NodeSummary): NodeView {
  return {
    ...node,
    lastReportAgeMs: silentMs,
    capacity: details?.capacity ?? null,
    load: details?.load ?? null,
    cpuBusy: details?.cpuBusy ?? null,
    cpuSteal: details?.cpuSteal ?? null,
  }
}
