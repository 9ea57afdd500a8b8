import type { NodeEnrolment, NodeOrder, NodeReading, NodesStore } from '../domain/nodes.ts'
import type { RoomOrders } from '../protocol/shapes/nodes.ts'
import type { Refusal } from '../protocol/problems/refusal.ts'
import { shardOfRoom } from '../protocol/room-names.ts'
import { REPORT_BATCH, REPORT_BATCH_MS } from '../tuning/redis.ts'
import { batcher } from './batcher.ts'
import { GLOBAL_SHARD, shardPrefix } from './keys.ts'
import { credentialsFrom, credentialsText, nodeRecord, reportItem } from './node-values.ts'
import type { AnswerOf, ItemOf } from './scripting/define-script.ts'
import type { PrepareScript } from './scripting/run-scripts.ts'
import * as scripts from './scripts/nodes.ts'
import { reportNodes } from './scripts/reports.ts'
import { confirmRooms } from './scripts/rooms.ts'
import type { Shards } from './shards.ts'
import type { TenantLevels } from './tenants-store.ts'

type ReportAnswer = AnswerOf<typeof reportNodes>

/** `reportWaitMs`: how long a report waits for others that can share its call. */
export function createNodesStore(
  prepare: PrepareScript,
  shards: Shards,
  levels: TenantLevels,
  reportWaitMs: number = REPORT_BATCH_MS,
): NodesStore {
  const claimNode = prepare(scripts.claimNode)
  const condemnNode = prepare(scripts.condemnNode)
  const confirm = prepare(confirmRooms)
  const enrolNode = prepare(scripts.enrolNode)
  const forgetNode = prepare(scripts.forgetNode)
  const markReached = prepare(scripts.markReached)
  const nextRoomsToMove = prepare(scripts.nextRoomsToMove)
  const readCredentials = prepare(scripts.readNodeCredentials)
  const readNodes = prepare(scripts.readNodes)
  const takeReports = prepare(reportNodes)
  const setNodeState = prepare(scripts.setNodeState)

  const report = batcher<ItemOf<typeof reportNodes>, ReportAnswer>({
    size: REPORT_BATCH,
    waitMs: reportWaitMs,
    // Joins share the connection and must not wait behind several batches.
    atOnce: 1,
    call: (shard, items) => takeReports(shard, {}, items),
  })

  /** Reports rooms to the shards of their records, which decide whether the node should carry them. */
  async function confirmElsewhere(
    { node }: NodeReading,
    site: string,
    foreignRooms: readonly (readonly [name: string, tracks: number])[],
  ): Promise<(readonly [name: string, order: 'drop' | 'moved'])[]> {
    const byShard = Map.groupBy(foreignRooms, ([name]) =>
      shardPrefix(shardOfRoom(name.slice(0, name.indexOf('~')))),
    )
    const answers = await Promise.all(
      [...byShard].map(([shard, rooms]) =>
        confirm(
          shard,
          { node, site },
          rooms.map(([name, tracks]) => ({ name, isGone: tracks < 0, tracks })),
        ),
      ),
    )
    return answers.flatMap(({ orders }) => orders)
  }

  /** Gives the id one owner and one site; what is stored of the node at another site is deleted. */
  async function claim({
    node,
    site,
    secretHash,
  }: NodeEnrolment): Promise<Refusal<'node_id_taken'> | undefined> {
    const claimed = await claimNode(GLOBAL_SHARD, { node, site, secretHash, isSharded: shards.isSharded })
    if ('refused' in claimed) return claimed
    const newShard = shards.addSite(site, claimed.shard)
    if (newShard) await levels.copyTo(newShard)
    if (claimed.siteBefore === undefined) return undefined
    const shardBefore = await shards.ofSite(claimed.siteBefore)
    if (shardBefore) await forgetNode(shardBefore, { node, site: claimed.siteBefore })
    return undefined
  }

  return {
    async enrolNode(enrolment) {
      const refusal = await claim(enrolment)
      if (refusal) return refusal
      const { node, site, zone, secretHash } = enrolment
      shards.addNode(node, site)
      const shard = (await shards.ofSite(site)) ?? GLOBAL_SHARD
      await enrolNode(shard, { node, site, zone, secretHash, credentials: credentialsText(enrolment) })
      return 'enrolled'
    },

    async credentialsOf(node) {
      const shard = await shards.ofNode(node)
      if (!shard) return undefined
      const found = await readCredentials(shard, { node })
      return 'refused' in found ? undefined : credentialsFrom(found.credentials)
    },

    async reportNode(reading): Promise<NodeOrder | Refusal<'node_unauthorized'>> {
      const shard = await shards.ofNode(reading.node)
      if (!shard) return { refused: 'node_unauthorized' }
      const taken = await report(shard, reportItem(reading))
      if ('refused' in taken) {
        shards.forgetNode(reading.node)
        return taken
      }
      if (taken.answer === 'stale') return { ...NO_ORDER, state: taken.state, site: taken.site }
      const { state, site, wantsWhole, foreignRooms, unreachedUrl = '', isRestartWanted } = taken
      const elsewhere = foreignRooms.length > 0 ? await confirmElsewhere(reading, site, foreignRooms) : []
      const { drop, moved, changed } = roomOrders([...taken.orders, ...elsewhere])
      return {
        drop,
        moved,
        changed,
        state,
        site,
        unreachedUrl,
        wholeRooms: wantsWhole,
        restart: isRestartWanted,
      }
    },

    async readNodes({ site, after, limit }) {
      const shard = await shards.ofSite(site)
      if (!shard) return []
      const { nowMs, frozen, nodes } = await readNodes(shard, { site, after: after || undefined, limit })
      return nodes.map((node) => nodeRecord(node, { nowMs, frozen }))
    },

    async setNodeState(node, state, drain) {
      const shard = await shards.ofNode(node)
      if (!shard) return { refused: 'node_not_found' }
      const set = await setNodeState(shard, {
        node,
        state,
        force: drain?.freeElsewhere === undefined,
        freeElsewhere: drain?.freeElsewhere ?? [],
        drainWithinMs: drain?.withinMs,
      })
      if (!('refused' in set)) return 'set'
      if (set.refused === 'node_not_found') return set
      const { refused, needTracks, freeTracks } = set
      return { refused, members: { needTracks, freeTracks } }
    },

    async condemnNode(node) {
      const shard = await shards.ofNode(node)
      return shard ? (await condemnNode(shard, { node })).answer : 'gone'
    },

    async markReached(node) {
      const shard = await shards.ofNode(node)
      if (shard) await markReached(shard, { node })
    },

    async nextToMove() {
      const answers = await Promise.all((await shards.all()).map((shard) => nextRoomsToMove(shard, {})))
      return answers.flatMap(({ nodes }) => nodes.map(({ node, rooms }) => ({ node, rooms: [...rooms] })))
    },
  }
}

/** Orders by kind, without duplicates: another shard may give the same order as the node's own. */
function roomOrders(orders: readonly (readonly [name: string, order: keyof RoomOrders])[]): RoomOrders {
  // Most reports are answered without an order.
  if (orders.length === 0) return { drop: [], moved: [], changed: [] }
  const byOrder = { drop: new Set<string>(), moved: new Set<string>(), changed: new Set<string>() }
  for (const [name, order] of orders) byOrder[order].add(name)
  return { drop: [...byOrder.drop], moved: [...byOrder.moved], changed: [...byOrder.changed] }
}

const NO_ORDER = {
  drop: [],
  moved: [],
  changed: [],
  wholeRooms: false,
  unreachedUrl: '',
  restart: false,
} satisfies Partial<NodeOrder>
