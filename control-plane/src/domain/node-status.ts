/** Life of a node as a sum on values. */
import type { NodeState, NodeStatus } from '../protocol/shapes/nodes.ts'

/**
 * What matters most first: a node that never reported is starting; silent past the lease it is suspect, then dead;
 * `down` is the agent's own word that LiveKit is gone; else what the operator wants of it.
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
