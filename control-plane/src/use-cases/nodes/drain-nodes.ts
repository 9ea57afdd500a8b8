import type { NodesStore } from '../../domain/nodes.ts'
import type { RoomsStore } from '../../domain/rooms.ts'
import { parseRoomName } from '../../protocol/room-names.ts'
import { DRAIN_LOOK_MS } from '../../tuning/nodes.ts'
import { PLACEMENT } from '../../tuning/placement.ts'

export type DrainNodesDeps = {
  nodes: Pick<NodesStore, 'nextToMove'>
  rooms: Pick<RoomsStore, 'moveRoom'>
  /** A batch of rooms was moved. `kept`: refusal codes of rooms that stay, with the number of rooms for each. */
  drained: (node: string, batch: { moved: number; kept: Map<string, number> }) => void
}

/**
 * One turn: moves a few rooms away from each node that is drained or stopping. Every replica does this; the store gives
 * each batch to one of them. A room that no other node takes stays where it is and is tried again. Returns the pause
 * before the next turn, in milliseconds.
 */
export async function drainNodes(deps: DrainNodesDeps): Promise<number> {
  const next = await deps.nodes.nextToMove()
  await Promise.all(next.map(({ node, rooms }) => moveBatch(deps, node, rooms)))
  return next.length > 0 ? PLACEMENT.drainBatchMs : DRAIN_LOOK_MS
}

async function moveBatch(deps: DrainNodesDeps, node: string, names: readonly string[]): Promise<void> {
  const kept = new Map<string, number>()
  let moved = 0
  const rooms = names.flatMap((name) => parseRoomName(name) ?? [])
  const answers = await Promise.all(rooms.map((room) => deps.rooms.moveRoom({ ...room, node })))
  for (const answer of answers) {
    if (answer === 'moved') moved++
    else if (answer !== 'stays') kept.set(answer.refused, (kept.get(answer.refused) ?? 0) + 1)
  }
  deps.drained(node, { moved, kept })
}
