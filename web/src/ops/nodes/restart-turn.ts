import type { NodeView, SiteView } from '@levee/control-plane/contract'

/**
 * What the restart of its site does to a node right now; it is then shown and commanded with that restart. `held`: the
 * node stays empty and out of service until an operator acts. undefined: nothing, it is a node like any other.
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
