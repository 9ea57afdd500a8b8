import type { NodesStore } from '../../domain/nodes.ts'
import type { Refusal } from '../../protocol/problems/refusal.ts'
import { hashSecret } from '../../protocol/room-id.ts'
import type { EnrolNode } from '../../protocol/shapes/nodes.ts'
import type { NodeLoss } from './node-loss.ts'

export type EnrolNodeDeps = {
  nodes: Pick<NodesStore, 'enrolNode'>
  losses: Pick<NodeLoss, 'forget'>
  seal: (node: string, secret: string) => string
}

/** Enrols a node, or updates it if the same agent enrols again. Its LiveKit secret is sealed before it is stored. */
export async function enrolNode(
  deps: EnrolNodeDeps,
  enrolment: EnrolNode,
): Promise<'enrolled' | Refusal<'node_id_taken'>> {
  const { protocol: _, apiSecret, nodeSecret, zone = '', ...node } = enrolment
  deps.losses.forget(node.node)
  return deps.nodes.enrolNode({
    ...node,
    zone,
    sealedSecret: deps.seal(node.node, apiSecret),
    secretHash: hashSecret(nodeSecret),
  })
}
