import { LRUCache } from 'lru-cache'
import type { LossVerdict, NodesStore } from '../../domain/nodes.ts'
import type { Placement } from '../../domain/rooms.ts'
import {
  FIRST_PROBE_RETRY_MS,
  FIRST_PROBES_AT_ONCE,
  LOST_BY_PARTICIPANTS,
  LOST_REMEMBERED,
  LOST_WITHIN_MS,
  NODES_REMEMBERED,
  PROBE_HOLDS_MS,
  PROBE_TIMEOUT_MS,
  SIGNAL_PROBE_TIMEOUT_MS,
} from '../../tuning/nodes.ts'
import { PLACEMENT } from '../../tuning/placement.ts'

export type NodeLoss = {
  /** `identity`: of the participant who has lost it. */
  checkLost: (
    node: Pick<Placement, 'node' | 'url' | 'silentMs'> & { identity: string },
  ) => Promise<LossVerdict>
  /** Whether this replica should probe the node while all is well: only a node that was reached can be missed later. */
  isFirstProbeDue: (node: string) => boolean
  /** `url`: '' when some replica has reached the node before. */
  probeFirst: (node: string, url: string, letsNobodyIn: boolean) => void
  /** The node enrolled again: it may be another machine. */
  forget: (node: string) => void
}

/**
 * A client's report never gives a node up by itself: its own connection may have broken, and a malicious client must
 * not move other people's meetings. A node is gone when its agent missed a report and it does not answer this replica
 * although it once did. One that answers but lets nobody in is found by several participants and a join. While the agent does report, what it reports about its LiveKit is more reliable than a probe.
 */
export function createNodeLoss(deps: {
  nodes: Pick<NodesStore, 'condemnNode' | 'markReached' | 'shutOut'>
  reach: (url: string) => Promise<boolean>
  /** Joins a room of its own on the node, as a participant would. */
  joins: (node: string) => Promise<boolean>
  /** The node was given up. */
  condemned: (node: string) => void
  /** The node answers but lets nobody in: it gets no more meetings. */
  shutOut: (node: string) => void
  failed: (error: unknown) => void
}): NodeLoss {
  /** Many clients lose the same node at the same moment: one probe serves them all. */
  const probes = new LRUCache<string, Promise<boolean>>({ max: NODES_REMEMBERED })
  const probe = (node: string, url: string): Promise<boolean> => {
    let probing = probes.get(node)
    if (!probing) {
      const started = (probing = deps.reach(url))
      probes.set(node, started, { ttl: PROBE_TIMEOUT_MS + PROBE_HOLDS_MS })
      void started.finally(() => probes.set(node, started, { ttl: PROBE_HOLDS_MS }))
    }
    return probing
  }

  const losers = new LRUCache<string, LRUCache<string, true>>({ max: NODES_REMEMBERED, ttl: LOST_WITHIN_MS })
  const joinProbes = new LRUCache<string, Promise<boolean>>({
    max: NODES_REMEMBERED,
    ttl: SIGNAL_PROBE_TIMEOUT_MS + PROBE_HOLDS_MS,
  })
  /** Several different participants have lost the node, and this replica cannot join there either, twice. */
  async function letsNobodyIn(node: string, identity: string): Promise<boolean> {
    const by = losers.get(node) ?? new LRUCache<string, true>({ max: LOST_REMEMBERED, ttl: LOST_WITHIN_MS })
    losers.set(node, by)
    by.set(identity, true)
    by.purgeStale()
    if (by.size < LOST_BY_PARTICIPANTS) return false
    const trying = joinProbes.get(node) ?? deps.joins(node).then(async (isIn) => isIn || deps.joins(node))
    joinProbes.set(node, trying)
    return !(await trying)
  }

  /** Nodes that need no first probe for now. */
  const probed = new LRUCache<string, true>({ max: NODES_REMEMBERED, ttl: FIRST_PROBE_RETRY_MS })
  let firstProbes = 0

  return {
    async checkLost({ node, url, silentMs, identity }) {
      if (await probe(node, url)) {
        if (!(await letsNobodyIn(node, identity))) return 'reachable'
        if ((await deps.nodes.shutOut(node)) === 'shut_out') deps.shutOut(node)
        return 'gone'
      }
      if (silentMs < PLACEMENT.condemnAfterMs) return 'unknown'
      const verdict = await deps.nodes.condemnNode(node)
      if (verdict === 'condemned') deps.condemned(node)
      return verdict === 'kept' ? 'reachable' : 'gone'
    },
    isFirstProbeDue: (node) => firstProbes < FIRST_PROBES_AT_ONCE && !probed.has(node),
    probeFirst(node, url, isShutOut) {
      probed.set(node, true)
      if (url === '') return
      firstProbes++
      void (isShutOut ? deps.joins(node) : deps.reach(url))
        .then((reached) => (reached ? deps.nodes.markReached(node) : undefined))
        .catch(deps.failed)
        .finally(() => firstProbes--)
    },
    forget: (node) => void probed.delete(node),
  }
}
