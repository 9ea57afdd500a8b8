import type { NodesStore } from '../../domain/nodes.ts'

export type RemoveNodeDeps = { nodes: Pick<NodesStore, 'removeNode' | 'allowNode' | 'removedNodes'> }

/** Puts a node out for good, for example one that was stolen. Its meetings are placed elsewhere as participants come back. */
export const removeNode = (deps: RemoveNodeDeps, node: string) => deps.nodes.removeNode(node)

/** The id may be enrolled again. */
export const allowNode = (deps: RemoveNodeDeps, node: string) => deps.nodes.allowNode(node)

export async function viewRemovedNodes(deps: RemoveNodeDeps): Promise<{ node: string; removedAt: string }[]> {
  const nodes = await deps.nodes.removedNodes()
  return nodes
    .toSorted((a, b) => b.removedAtMs - a.removedAtMs)
    .map(({ node, removedAtMs }) => ({ node, removedAt: new Date(removedAtMs).toISOString() }))
}
