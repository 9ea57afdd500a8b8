import { LRUCache } from 'lru-cache'
import type { Placement } from '../../domain/rooms.ts'
import type { NodesStore } from '../../domain/nodes.ts'
import {
  FIRST_PROBE_RETRY_MS,
  FIRST_PROBES_AT_ONCE,
  PROBE_HOLDS_MS,
  NODES_REMEMBERED,
} from '../../tuning/nodes.ts'
import { PLACEMENT } from '../../tuning/placement.ts'

/** What is to be thought of a node that somebody lost. */
export type Verdict = 'there' | 'unsure' | 'gone'

/**
 * Nobody's word alone gives a node up: somebody whose own line broke, or who means harm, must not move other people's
 * meetings. A node is lost when its agent missed a report, and it does not answer this replica although it once did.
 * Where the agent does report, its word on LiveKit beside it is better than ours.
 */
export function createLossCheck(deps: {
  store: Pick<NodesStore, 'condemnNode' | 'markReached'>
  reach: (url: string) => Promise<boolean>
  condemned: (node: string) => void
  failed: (error: unknown) => void
}) {
  /** A crowd loses its node in the same moment: one look serves all. */
  const looks = new LRUCache<string, Promise<boolean>>({ max: NODES_REMEMBERED })
  const look = (node: string, url: string): Promise<boolean> => {
    let looking = looks.get(node)
    if (!looking) {
      looking = deps.reach(url)
      looks.set(node, looking)
      void looking.finally(() => setTimeout(() => looks.delete(node), PROBE_HOLDS_MS).unref())
    }
    return looking
  }

  /** When it is next asked whether a node was reached. */
  const againMs = new LRUCache<string, number>({ max: NODES_REMEMBERED })
  let firstReaches = 0

  return {
    /**
     * 'unsure': it does not answer, but its agent may still have a word on it. Whoever asks waits a moment and looks
     * where the room is by then: the agent's word comes within milliseconds, its silence counts after condemnAfterMs.
     */
    async judge({ node, url, silentMs }: Pick<Placement, 'node' | 'url' | 'silentMs'>): Promise<Verdict> {
      if (await look(node, url)) return 'there'
      if (silentMs < PLACEMENT.condemnAfterMs) return 'unsure'
      const verdict = await deps.store.condemnNode(node)
      if (verdict === 'condemned') deps.condemned(node)
      return verdict === 'kept' ? 'there' : 'gone'
    },

    /** While all is well, once per node: only who was reached before can be missed later. */
    firstReach: {
      wants: (node: string): boolean =>
        firstReaches < FIRST_PROBES_AT_ONCE && performance.now() >= (againMs.get(node) ?? 0),

      /** It enrolled anew: nothing of before holds. */
      forget: (node: string): void => void againMs.delete(node),

      /** `url`: '' when somebody has reached it. */
      hear(node: string, url: string): void {
        againMs.set(node, performance.now() + FIRST_PROBE_RETRY_MS)
        if (url === '') return
        firstReaches++
        void deps
          .reach(url)
          .then((reached) => (reached ? deps.store.markReached(node) : undefined))
          .catch(deps.failed)
          .finally(() => firstReaches--)
      },
    },
  }
}
