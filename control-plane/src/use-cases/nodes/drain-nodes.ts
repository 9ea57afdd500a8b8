import { LOOP_JITTER } from '../../tuning/sites.ts'
import type { NodesStore } from '../../domain/nodes.ts'
import type { RoomsStore } from '../../domain/rooms.ts'
import { parseRoomName } from '../../protocol/room-names.ts'
import { DRAIN_LOOK_MS } from '../../tuning/nodes.ts'
import { PLACEMENT } from '../../tuning/placement.ts'

export type Emptied = { moved: number; kept: Map<string, number> }

/**
 * Moves rooms away from nodes that are drained or leave, a few at a time, until stopped. Every replica does; the store
 * hands each batch to one. A room that no other node takes now stays where it is and comes up again.
 */
export function startEmptying(options: {
  store: Pick<NodesStore & RoomsStore, 'nextToMove' | 'moveRoom'>
  /** What one batch of a node came to; `kept`: refusals and how often. */
  emptied: (node: string, found: Emptied) => void
  failed: (error: unknown) => void
}): { stop(): void } {
  const { store } = options
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  async function empty(node: string, rooms: readonly string[]): Promise<void> {
    const found: Emptied = { moved: 0, kept: new Map() }
    const ours = rooms.flatMap((name) => parseRoomName(name) ?? [])
    const answers = await Promise.all(ours.map((room) => store.moveRoom({ ...room, node })))
    for (const answer of answers) {
      if (answer === 'moved') found.moved++
      else if (answer !== 'stays') found.kept.set(answer.refused, (found.kept.get(answer.refused) ?? 0) + 1)
    }
    options.emptied(node, found)
  }

  const turn = async () => {
    let waitMs = DRAIN_LOOK_MS
    try {
      const next = await store.nextToMove()
      if (next.length > 0) waitMs = PLACEMENT.emptyMs
      await Promise.all(next.map(({ node, rooms }) => empty(node, rooms)))
    } catch (error) {
      options.failed(error)
    }
    // Replicas must not fall into step.
    if (!stopped)
      timer = setTimeout(() => void turn(), waitMs * (1 - LOOP_JITTER + 2 * LOOP_JITTER * Math.random()))
  }
  void turn()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
