import type { NodesStore } from '../../domain/nodes.ts'
import { hashSecret } from '../../protocol/room-id.ts'

export type NodeSecretDeps = { nodes: Pick<NodesStore, 'isOwner'> }

/** Whether this is the secret of the agent that enrolled the node. */
export const isNodeSecret = (deps: NodeSecretDeps, node: string, secret: string): Promise<boolean> =>
  deps.nodes.isOwner(node, hashSecret(secret))
