import type { NodeEnrolment, NodesStore } from '../domain/nodes.ts'
import type { Refusal } from '../protocol/problems/refusal.ts'
import { GLOBAL_SHARD } from './keys.ts'
import { credentialsFrom, credentialsText, grantFrom, nodeRecord } from './node-values.ts'
import type { PrepareScript } from './scripting/run-scripts.ts'
import * as scripts from './scripts/nodes.ts'
import type { Shards } from './shards.ts'
import type { TenantLevels } from './tenants-store.ts'

export function createNodesStore(
  prepare: PrepareScript,
  shards: Shards,
  levels: TenantLevels,
): Omit<NodesStore, 'reportNode' | 'recordGrant'> {
  const claimNode = prepare(scripts.claimNode)
  const condemnNode = prepare(scripts.condemnNode)
  const enrolNode = prepare(scripts.enrolNode)
  const forgetNode = prepare(scripts.forgetNode)
  const shutOut = prepare(scripts.shutOut)
  const markReached = prepare(scripts.markReached)
  const nextRoomsToMove = prepare(scripts.nextRoomsToMove)
  const readCredentials = prepare(scripts.readNodeCredentials)
  const readNodes = prepare(scripts.readNodes)
  const removeNode = prepare(scripts.removeNode)
  const allowNode = prepare(scripts.allowNode)
  const readRemovedNodes = prepare(scripts.readRemovedNodes)
  const setNodeState = prepare(scripts.setNodeState)

  /** Gives the id one owner and one site; what is stored of the node at another site is deleted. */
  async function claim({
    node,
    site,
    secretHash,
  }: NodeEnrolment): Promise<Refusal<'node_id_taken' | 'node_removed'> | undefined> {
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

    async removeNode(node) {
      const removed = await removeNode(GLOBAL_SHARD, { node })
      if ('refused' in removed) return removed
      const shard = await shards.ofSite(removed.site)
      if (shard) await forgetNode(shard, { node, site: removed.site })
      shards.forgetNode(node)
      return 'removed'
    },

    async allowNode(node) {
      const allowed = await allowNode(GLOBAL_SHARD, { node })
      return 'refused' in allowed ? allowed : 'allowed'
    },

    async isRemoved(node, secretHash) {
      const { nodes } = await readRemovedNodes(GLOBAL_SHARD, {})
      return nodes.some(([id, text]) => id === node && text.split(' ')[1] === secretHash)
    },

    async removedNodes() {
      const { nodes } = await readRemovedNodes(GLOBAL_SHARD, {})
      return nodes.map(([node, text]) => ({ node, removedAtMs: Number(text.split(' ')[0]) }))
    },

    async credentialsOf(node) {
      const shard = await shards.ofNode(node)
      if (!shard) return undefined
      const found = await readCredentials(shard, { node })
      if ('refused' in found) return undefined
      return { ...credentialsFrom(found.credentials), grant: grantFrom(found.offlineGrant) }
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

    async shutOut(node) {
      const shard = await shards.ofNode(node)
      return shard ? (await shutOut(shard, { node })).answer : 'known'
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
