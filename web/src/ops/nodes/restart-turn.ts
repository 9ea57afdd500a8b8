import type { NodeView, SiteView } from '@levee/control-plane/contract'

/**
 * What the restart of its site does to a node at the moment; the node is then shown and controlled with that restart.
 * `held`: it stays empty and out of service until an operator acts. undefined: the restart does not concern it now.
 */
export type RestartTurn = 'draining' | 'restarting' | 'held' | undefined

export function restartTurn(
  { node, drain }: Pick<NodeView, 'node' | 'drain'>,
  restart: SiteView['restart'] | undefined,
): RestartTurn {
  if (restart?.node !== node || !drain) return undefined
  const { state, reason } = restart
  if (state === 'stuck') return reason === 'not_back' || reason === 'by_hand' ? 'held' : undefined
  return state === 'draining' || state === 'restarting' ? state : undefined
}
