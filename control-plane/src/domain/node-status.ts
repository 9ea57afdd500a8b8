import type { NodeState, NodeStatus } from '../protocol/shapes/nodes.ts'

/**
 * State and lease of a node in one word, the most important first: a node without a report is starting; silent past the
 * lease it is suspect, then dead; `down` when its agent reports that LiveKit is gone; else the state that was set.
 */
export function statusOf(
  node: { state: NodeState; up: boolean; silentMs: number | null; frozen: boolean },
  limits: { suspectMs: number; deadMs: number; frozenDeadMs: number },
): NodeStatus {
  if (node.silentMs === null) return 'starting'
  if (node.silentMs > (node.frozen ? limits.frozenDeadMs : limits.deadMs)) return 'dead'
  if (node.silentMs > limits.suspectMs) return 'suspect'
  if (!node.up) return 'down'
  return node.state
}
