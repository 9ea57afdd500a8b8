import type { NodeReading, NodesStore } from '../../domain/nodes.ts'
import type { SitesStore } from '../../domain/site-records.ts'
import { OFFLINE_GRANT_RENEW_SEC, OFFLINE_GRANT_TTL_SEC, REPORT_EVERY_MS } from '../../protocol/limits.ts'
import type { Refusal } from '../../protocol/problems/refusal.ts'
import { hashSecret } from '../../protocol/room-id.ts'
import type { Directive } from '../../protocol/shapes/nodes.ts'
import type { OfflinePolicy } from '../../protocol/shapes/sites.ts'
import type { OfflineGrant } from '../../protocol/tickets.ts'
import { PROTOCOL_VERSION } from '../../protocol/version.ts'
import type { NodeLoss } from './node-loss.ts'

export type ReportNodeDeps = {
  nodes: Pick<NodesStore, 'reportNode' | 'recordGrant' | 'isRemoved'>
  sites: Pick<SitesStore, 'shardFor'>
  losses: Pick<NodeLoss, 'isFirstProbeDue' | 'probeFirst'>
  directory: { offlinePolicyOf: (site: string) => OfflinePolicy }
  grants: { sign: (grant: OfflineGrant) => string }
}

/** The content of a report without its sender. */
export type Reading = Omit<NodeReading, 'node' | 'secretHash' | 'wantsUrl'>

/**
 * Takes in a report and answers with what the node is to do. What the node could not read (null) keeps its last value:
 * missing data is not zero. `offlineGrantSec`: how long the agent's grant is still valid.
 */
export async function reportNode(
  deps: ReportNodeDeps,
  input: { node: string; secret: string; reading: Reading; offlineGrantSec?: number | undefined },
): Promise<(Directive & { isStale: boolean }) | Refusal<'node_unauthorized'>> {
  const { node, secret, reading, offlineGrantSec = 0 } = input
  const wantsUrl = reading.up && deps.losses.isFirstProbeDue(node)
  const secretHash = hashSecret(secret)
  const order = await deps.nodes.reportNode({ ...reading, node, secretHash, wantsUrl })
  if ('refused' in order) return (await lastOrder(deps, node, secretHash, reading)) ?? order
  const { state, drop, moved, changed, wholeRooms, restart, site, unreachedUrl, isStale } = order
  if (wantsUrl) deps.losses.probeFirst(node, unreachedUrl, order.letsNobodyIn)
  const grant = offlineGrantSec > OFFLINE_GRANT_RENEW_SEC ? undefined : await offlineGrant(deps, node, site)
  return {
    protocol: PROTOCOL_VERSION,
    isStale,
    state,
    drop,
    moved,
    changed,
    wholeRooms,
    ...(restart && { restart }),
    ...(grant !== undefined && { offlineGrant: grant }),
    reportEveryMs: REPORT_EVERY_MS,
  }
}

/**
 * An agent whose node was removed gets one more order: the participants are to call `rejoin`, which leads them elsewhere.
 * undefined: it was not removed, or carries nothing.
 */
async function lastOrder(
  deps: ReportNodeDeps,
  node: string,
  secretHash: string,
  { rooms }: Reading,
): Promise<(Directive & { isStale: boolean }) | undefined> {
  const moved = rooms?.changed.map(({ name }) => name) ?? []
  if (moved.length === 0 || !(await deps.nodes.isRemoved(node, secretHash))) return undefined
  return {
    protocol: PROTOCOL_VERSION,
    isStale: true,
    state: 'draining',
    drop: [],
    moved,
    changed: [],
    wholeRooms: true,
    reportEveryMs: REPORT_EVERY_MS,
  }
}

/**
 * A new grant, issued hours before the agent needs it; undefined: nodes of this site do nothing while they are offline.
 */
async function offlineGrant(deps: ReportNodeDeps, node: string, site: string): Promise<string | undefined> {
  const may = deps.directory.offlinePolicyOf(site)
  if (may === 'off') return undefined
  const recorded = await deps.nodes.recordGrant(node, may, OFFLINE_GRANT_TTL_SEC * 1000)
  if (recorded !== 'recorded') return undefined
  return deps.grants.sign({ node, site, shard: await deps.sites.shardFor(site), may })
}
