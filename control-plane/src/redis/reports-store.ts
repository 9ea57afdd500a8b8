import type { NodeOrder, NodeReading, NodesStore, RoomsReading } from '../domain/nodes.ts'
import type { Refusal } from '../protocol/problems/refusal.ts'
import { shardOfRoom } from '../protocol/room-names.ts'
import type { RoomOrders } from '../protocol/shapes/nodes.ts'
import { REPORT_BATCH, REPORT_BATCH_MS, REPORT_SLICE_ROOMS } from '../tuning/redis.ts'
import { batcher } from './batcher.ts'
import { StoreUnavailable } from './connection/health.ts'
import { shardPrefix } from './keys.ts'
import { changesOf, reportItem } from './node-values.ts'
import type { AnswerOf, ItemOf } from './scripting/define-script.ts'
import type { PrepareScript } from './scripting/run-scripts.ts'
import * as scripts from './scripts/reports.ts'
import { confirmRooms } from './scripts/rooms.ts'
import type { Shards } from './shards.ts'

type Item = ItemOf<typeof scripts.reportNodes>
type Answer = AnswerOf<typeof scripts.reportNodes>
type Order = readonly [name: string, order: keyof RoomOrders]
/** What a script has found in the rooms of a report. */
type Findings = Pick<Extract<Answer, { answer: 'taken' }>, 'orders' | 'foreignRooms' | 'offlineGrant'>

/** `reportWaitMs`: how long a report waits for others that can share its call. */
export function createReportsStore(
  prepare: PrepareScript,
  shards: Shards,
  reportWaitMs: number = REPORT_BATCH_MS,
): Pick<NodesStore, 'reportNode' | 'recordGrant'> {
  const takeReports = prepare(scripts.reportNodes)
  const takeSlice = prepare(scripts.reportRooms)
  const readLiveRooms = prepare(scripts.readLiveRooms)
  const recordGrant = prepare(scripts.recordGrant)
  const confirm = prepare(confirmRooms)

  const report = batcher<Item, Answer>({
    size: REPORT_BATCH,
    waitMs: reportWaitMs,
    // Joins share the connection and must not wait behind several batches.
    atOnce: 1,
    call: (shard, items) => takeReports(shard, {}, items),
    isOfOneItem: (error) => !(error instanceof StoreUnavailable),
  })

  /** Reports rooms to the shards of their records, which decide whether the node should carry them. */
  async function confirmElsewhere(
    { node, capacityTracks }: NodeReading,
    site: string,
    { foreignRooms, offlineGrant }: Findings,
  ): Promise<Order[]> {
    if (foreignRooms.length === 0) return []
    const known = new Set(await shards.all())
    const byShard = Map.groupBy(foreignRooms, ([name]) =>
      shardPrefix(shardOfRoom(name.slice(0, name.indexOf('~')))),
    )
    const by = { node, site, offlineGrant, capacityTracks: Math.round(capacityTracks) }
    const answers = await Promise.all(
      [...byShard]
        .filter(([shard]) => known.has(shard))
        .map(([shard, rooms]) =>
          confirm(
            shard,
            by,
            rooms.map(([name, tracks]) => ({ name, isGone: tracks < 0, tracks })),
          ),
        ),
    )
    return answers.flatMap(({ orders }) => orders)
  }

  /** Takes the rooms of a large report in slices, so that joins do not wait for all of them. */
  async function takeInSlices(
    shard: string,
    reading: NodeReading,
    rooms: RoomsReading,
    site: string,
  ): Promise<{ orders: Order[]; isStale: boolean }> {
    const { node, seq } = reading
    const { since, participants } = rooms
    const gone = since > 0 ? rooms.gone : await goneSince(shard, node, rooms)
    const orders: Order[] = []
    const changes = [
      ...sliced(gone).map((names) => ({ names: [], tracks: [], gone: names })),
      ...sliced(rooms.changed).map((changed) => changesOf(changed)),
    ]
    for (const [i, slice] of changes.entries()) {
      const isLast = i === changes.length - 1
      const taken = await takeSlice(shard, {
        node,
        seq,
        since,
        rooms: slice,
        totalRooms: rooms.rooms,
        ...(isLast && { participants }),
      })
      if (taken.answer === 'stale') return { orders, isStale: true }
      orders.push(...taken.orders, ...(await confirmElsewhere(reading, site, taken)))
    }
    return { orders, isStale: false }
  }

  /** Rooms that the node carried until now and that are not in its list of all rooms. */
  async function goneSince(shard: string, node: string, { changed }: RoomsReading): Promise<string[]> {
    const { names } = await readLiveRooms(shard, { node })
    const carried = new Set(changed.map(({ name }) => name))
    return names.filter((name) => !carried.has(name))
  }

  return {
    async reportNode(reading): Promise<NodeOrder | Refusal<'node_unauthorized'>> {
      const shard = await shards.ofNode(reading.node)
      if (!shard) return { refused: 'node_unauthorized' }
      const { rooms } = reading
      const isLarge = rooms !== null && rooms.changed.length + rooms.gone.length > REPORT_SLICE_ROOMS
      const taken = await report(shard, reportItem(isLarge ? { ...reading, rooms: null } : reading))
      if ('refused' in taken) {
        shards.forgetNode(reading.node)
        return taken
      }
      if (taken.answer === 'stale')
        return { ...NO_ORDER, state: taken.state, site: taken.site, isStale: true }
      const { state, site, unreachedUrl = '', isRestartWanted } = taken
      const large = isLarge && reading.up ? await takeInSlices(shard, reading, rooms, site) : undefined
      return {
        ...roomOrders([
          ...taken.orders,
          ...(await confirmElsewhere(reading, site, taken)),
          ...(large?.orders ?? []),
        ]),
        state,
        site,
        unreachedUrl,
        letsNobodyIn: taken.letsNobodyIn,
        wholeRooms: taken.wantsWhole || large?.isStale === true,
        restart: isRestartWanted,
        isStale: false,
      }
    },

    async recordGrant(node, may, ttlMs) {
      const shard = await shards.ofNode(node)
      if (!shard) return { refused: 'node_not_found' }
      const recorded = await recordGrant(shard, { node, may, ttlMs })
      return 'refused' in recorded ? recorded : 'recorded'
    },
  }
}

function sliced<T>(all: readonly T[]): T[][] {
  const slices = Math.ceil(all.length / REPORT_SLICE_ROOMS)
  return Array.from({ length: slices }, (_, i) =>
    all.slice(i * REPORT_SLICE_ROOMS, (i + 1) * REPORT_SLICE_ROOMS),
  )
}

/** From the weakest to the strongest. */
const ORDERS: readonly (keyof RoomOrders)[] = ['changed', 'moved', 'drop']

/** Orders by kind; of several for a room the strongest: another shard may give one beside the node's own. */
function roomOrders(orders: readonly Order[]): RoomOrders {
  const all: RoomOrders = { drop: [], moved: [], changed: [] }
  // Most reports are answered without an order.
  if (orders.length === 0) return all
  const strongest = new Map<string, keyof RoomOrders>()
  for (const [name, order] of orders) {
    const before = strongest.get(name)
    if (!before || ORDERS.indexOf(before) < ORDERS.indexOf(order)) strongest.set(name, order)
  }
  for (const [name, order] of strongest) all[order].push(name)
  return all
}

const NO_ORDER = {
  drop: [],
  moved: [],
  changed: [],
  wholeRooms: false,
  unreachedUrl: '',
  letsNobodyIn: false,
  restart: false,
} satisfies Partial<NodeOrder>
