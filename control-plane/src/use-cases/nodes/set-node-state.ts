import type { NodeState, NodesStore } from '../../domain/nodes.ts'
import type { SitesStore } from '../../domain/site-records.ts'
import type { Refusal } from '../../protocol/refusal.ts'
import { freeBySite } from '../../domain/nearest-site.ts'
import { DEFAULT_DRAIN_SEC } from '../../tuning/nodes.ts'
import { PLACEMENT } from '../../tuning/placement.ts'

export type StateWish = { state: NodeState; withinSec?: number; force?: boolean }

/** Cordons, uncordons or drains a node. A drain that would not fit into what is free elsewhere says so before it starts. */
export async function setNodeState(
  store: Pick<NodesStore & SitesStore, 'setNodeState' | 'readSites'>,
  node: string,
  { state, withinSec = DEFAULT_DRAIN_SEC, force = false }: StateWish,
): Promise<'set' | Refusal<'node_not_found' | 'drain_does_not_fit'>> {
  const answer = await store.setNodeState(
    node,
    state,
    state === 'draining'
      ? {
          withinMs: withinSec * 1000,
          freeElsewhere: force ? undefined : freeBySite(await store.readSites(), PLACEMENT),
        }
      : undefined,
  )
  if (answer === 'unknown') return { refused: 'node_not_found' }
  if (answer === 'set') return 'set'
  const { needTracks, freeTracks } = answer
  return {
    refused: 'drain_does_not_fit',
    errors: [
      { field: '/node', message: `carries ${needTracks} tracks; other nodes have room for ${freeTracks}` },
    ],
  }
}
