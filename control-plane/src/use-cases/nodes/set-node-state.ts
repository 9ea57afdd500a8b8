import { freeBySite } from '../../domain/nearest-site.ts'
import type { NodesStore } from '../../domain/nodes.ts'
import type { SitesStore } from '../../domain/site-records.ts'
import type { Refusal } from '../../protocol/problems/refusal.ts'
import type { DrainNode, NodeState } from '../../protocol/shapes/nodes.ts'
import { DEFAULT_DRAIN_SEC } from '../../tuning/nodes.ts'
import { PLACEMENT } from '../../tuning/placement.ts'

export type SetNodeStateDeps = {
  nodes: Pick<NodesStore, 'setNodeState'>
  sites: Pick<SitesStore, 'readSites'>
}

/** Cordons, uncordons or drains a node. A drain that would not fit elsewhere is refused, unless forced. */
export async function setNodeState(
  deps: SetNodeStateDeps,
  node: string,
  { state, withinSec = DEFAULT_DRAIN_SEC, force = false }: DrainNode & { state: NodeState },
): Promise<'set' | Refusal<'node_not_found' | 'drain_does_not_fit'>> {
  return deps.nodes.setNodeState(
    node,
    state,
    state === 'draining'
      ? {
          withinMs: withinSec * 1000,
          freeElsewhere: force ? undefined : freeBySite(await deps.sites.readSites(), PLACEMENT),
        }
      : undefined,
  )
}
