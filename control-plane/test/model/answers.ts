/** Every answer that a client received: one room and epoch must mean one node, for ever. */
import type { Placement, PlaceRefusal } from '../../src/domain/rooms.ts'
import { roomNameOf, type RoomId } from '../../src/protocol/room-names.ts'

const KNOWN_REFUSALS = new Set([
  'room_not_found',
  'no_node',
  'fleet_full',
  'site_full',
  'node_full',
  'node_busy',
  'store_recovering',
])

export class Answers {
  readonly #nodes = new Map<string, string>()
  readonly #highest = new Map<RoomId, number>()
  readonly #fault: (sentence: string) => void
  /** Rooms that were placed since the last snapshot of Redis: those that a loss of writes affects. */
  readonly placedSinceSnapshot = new Set<RoomId>()
  readonly refusals = new Map<string, number>()
  count = 0
  moves = 0

  constructor(fault: (sentence: string) => void) {
    this.#fault = fault
  }

  highestEpoch(roomId: RoomId): number {
    return this.#highest.get(roomId) ?? 0
  }

  /** Records an answer; returns false for a refusal. */
  add(roomId: RoomId, placed: Placement | PlaceRefusal): placed is Placement {
    if ('refused' in placed) {
      this.refusals.set(placed.refused, (this.refusals.get(placed.refused) ?? 0) + 1)
      if (!KNOWN_REFUSALS.has(placed.refused)) this.#fault(`refused with ${placed.refused}`)
      return false
    }
    this.count++
    this.#mustBeOn(roomNameOf(roomId, placed.epoch), placed.node)
    if (placed.epoch > this.highestEpoch(roomId)) {
      if (this.#highest.has(roomId)) this.moves++
      this.placedSinceSnapshot.add(roomId)
      this.#highest.set(roomId, placed.epoch)
    }
    if (placed.standby) {
      const name = roomNameOf(roomId, placed.standby.epoch)
      this.#mustBeOn(name, placed.standby.node)
      if (placed.standby.epoch <= placed.epoch) this.#fault(`${name} is the standby of epoch ${placed.epoch}`)
    }
    return true
  }

  #mustBeOn(name: string, node: string): void {
    const before = this.#nodes.get(name)
    if (before !== undefined && before !== node) this.#fault(`${name} is on ${before} and on ${node}`)
    this.#nodes.set(name, node)
  }
}
