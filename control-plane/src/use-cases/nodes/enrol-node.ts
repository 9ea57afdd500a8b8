import { nodeUrlFault, type NodeUrlRules } from '../../domain/node-url.ts'
import type { NodesStore } from '../../domain/nodes.ts'
import type { Refusal } from '../../protocol/problems/refusal.ts'
import { hashSecret } from '../../protocol/room-id.ts'
import type { EnrolNode } from '../../protocol/shapes/nodes.ts'
import type { NodeLoss } from './node-loss.ts'

export type EnrolNodeDeps = {
  nodes: Pick<NodesStore, 'enrolNode'>
  losses: Pick<NodeLoss, 'forget'>
  seal: (node: string, secret: string) => string
  nodeUrlRules: NodeUrlRules
  nodeSeals: { sign: (node: string, secret: string) => string }
}

/**
 * Enrols a node, or updates it if the same agent enrols again. Its LiveKit secret is sealed before it is stored. Returns
 * the seal of its credential (protocol/node-credential.ts).
 */
export async function enrolNode(
  deps: EnrolNodeDeps,
  enrolment: EnrolNode,
): Promise<{ seal: string } | Refusal<'node_id_taken' | 'node_removed' | 'node_url_refused'>> {
  const { protocol: _, apiSecret, nodeSecret, zone = '', ...node } = enrolment
  const fault = nodeUrlFault(node.url, deps.nodeUrlRules)
  if (fault !== undefined) return { refused: 'node_url_refused', errors: [{ field: '/url', message: fault }] }
  deps.losses.forget(node.node)
  const answer = await deps.nodes.enrolNode({
    ...node,
    zone,
    sealedSecret: deps.seal(node.node, apiSecret),
    secretHash: hashSecret(nodeSecret),
  })
  return answer === 'enrolled' ? { seal: deps.nodeSeals.sign(node.node, nodeSecret) } : answer
}
