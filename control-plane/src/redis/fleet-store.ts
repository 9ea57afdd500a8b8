import type { NodeOrder, NodeReading, NodesStore } from '../domain/nodes.ts'
import type { RoomsStore } from '../domain/rooms.ts'
import type { NodeState } from '../protocol/shapes/nodes.ts'
import type { StandbyLevel } from '../protocol/shapes/rooms.ts'
import type { SitesStore } from '../domain/site-records.ts'
import type { TenantsStore } from '../domain/tenants.ts'
import type { Refusal } from '../protocol/refusal.ts'
import { shardFrom, shardOfRoom, roomNameOf, type Shard } from '../protocol/room-names.ts'
import { REPORT_BATCH, REPORT_BATCH_MS } from '../tuning/redis.ts'
import { batcher } from './batcher.ts'
import type { Store } from './connection/client.ts'
import { GLOBAL_ROOT, rootOf } from './keys.ts'
import { createPlacer } from './placement.ts'
import {
  cardFrom,
  freeArg,
  nodeRecord,
  reportArgs,
  restartStep,
  siteRecord,
  type Row,
} from './script-args.ts'
import { loadScript, type Includes } from './scripts.ts'
import { createTicks } from './write-clock.ts'

/** All ports of one Redis. */
export type FleetStore = RoomsStore & NodesStore & SitesStore & TenantsStore & { ping(): Promise<void> }

export type FleetStoreOptions = {
  /** Sites for rooms that name none, and for those whose own is full; most promising first. */
  spillTo: () => readonly string[]
  /** For rooms that say nothing themselves. */
  standby?: StandbyLevel
  /** How long a report waits for others to share its call with. */
  reportWaitMs?: number
  /** For tests, which bring a clock and a draw of their own. */
  includes?: Includes
}

/** The fleet in Redis. Hides scripts, keys, roots and replies. */
export function createFleetStore(
  store: Pick<Store, 'kind' | 'run' | 'ping' | 'processOf'>,
  options: FleetStoreOptions,
): FleetStore {
  const script = (name: string) => loadScript(name, options.includes)
  const scripts = {
    addTenantLevels: script('tenants/add-tenant-levels'),
    adoptRooms: script('rooms/adopt-rooms'),
    beginRestart: script('sites/begin-restart'),
    credentialsOf: script('nodes/read-node-credentials'),
    checkOwner: script('nodes/check-owner'),
    claimNode: script('nodes/claim-node'),
    condemnNode: script('nodes/condemn-node'),
    createRoom: script('rooms/create-room'),
    dropRoom: script('rooms/drop-room'),
    emptyNodes: script('nodes/next-rooms-to-move'),
    endRoom: script('rooms/end-room'),
    enrolNode: script('nodes/enrol-node'),
    findNode: script('nodes/find-node'),
    forgetNode: script('nodes/forget-node'),
    markReached: script('nodes/mark-reached'),
    readHomes: script('shards/read-site-shards'),
    readNodes: script('nodes/read-nodes'),
    readSites: script('sites/read-sites'),
    readTenantLevels: script('tenants/read-tenant-levels'),
    reportNodes: script('nodes/report-nodes'),
    setNodeState: script('nodes/set-node-state'),
    setSite: script('sites/set-site'),
    setStandby: script('rooms/set-standby'),
    setTenantLevel: script('tenants/set-tenant-level'),
    sightRooms: script('rooms/confirm-rooms'),
    stepRestart: script('sites/step-restart'),
    stopRestart: script('sites/stop-restart'),
    sweepSite: script('sites/sweep-site'),
    viewRoom: script('rooms/view-room'),
  }
  const run = async (verb: keyof typeof scripts, root: string, ...args: (string | number)[]) =>
    (await ticks.run(scripts[verb], root, args.map(String))) as unknown[]
  const manyRoots = store.kind === 'cluster'
  const ticks = createTicks(store, script('shards/register-replica'))

  const homes = new Map<string, Shard>()
  async function homeOfSite(site: string): Promise<Shard | undefined> {
    if (!manyRoots) return '' as Shard
    if (!homes.has(site)) await readHomes()
    return homes.get(site)
  }
  async function readHomes(): Promise<void> {
    const pairs = (await run('readHomes', GLOBAL_ROOT)).map(String)
    for (let i = 0; i < pairs.length; i += 2) homes.set(pairs[i] ?? '', shardFrom(Number(pairs[i + 1])))
  }
  async function rootOfSite(site: string): Promise<string | undefined> {
    const home = await homeOfSite(site)
    return home === undefined ? undefined : rootOf(home)
  }

  const sitesOfNodes = new Map<string, string>()
  /** Where a node's keys stand; undefined when it is not enrolled. */
  async function rootOfNode(node: string): Promise<string | undefined> {
    if (!manyRoots) return GLOBAL_ROOT
    let site = sitesOfNodes.get(node)
    if (site === undefined) {
      site = String((await run('findNode', GLOBAL_ROOT, node))[0])
      if (site !== '') sitesOfNodes.set(node, site)
    }
    return site === '' ? undefined : rootOfSite(site)
  }

  const dropRoom = async (root: string, node: string, name: string, order: '' | 'drop' | 'moved') => {
    await run('dropRoom', root, node, name, order)
  }
  const placer = createPlacer({ ticks, manyRoots, rootOfSite, dropRoom, script, ...options })

  const report = batcher<NodeReading, unknown[]>({
    size: REPORT_BATCH,
    waitMs: options.reportWaitMs ?? REPORT_BATCH_MS,
    // Joins share the connection and must not stand behind a row of batches.
    atOnce: 1,
    call: async (root, readings) =>
      (await run('reportNodes', root, ...readings.flatMap(reportArgs))) as unknown[][],
  })

  /** Rooms whose records stand elsewhere: their homes know whether the node should have them. */
  async function sightElsewhere(reading: NodeReading, foreign: unknown[]): Promise<unknown[]> {
    const site = sitesOfNodes.get(reading.node) ?? ''
    const byHome = new Map<Shard, string[]>()
    for (let i = 0; i < foreign.length; i += 2) {
      const name = String(foreign[i])
      const home = shardOfRoom(name.slice(0, name.indexOf('~')))
      byHome.set(home, [...(byHome.get(home) ?? []), name, String(foreign[i + 1])])
    }
    const answers = await Promise.all(
      [...byHome].map(([home, rooms]) => run('sightRooms', rootOf(home), reading.node, site, ...rooms)),
    )
    return answers.flat()
  }

  /** A root that this replica did not know may be new: it learns what the others were told. */
  async function teachRoot(root: string): Promise<void> {
    const levels = (await run('readTenantLevels', GLOBAL_ROOT, '')).map(String)
    if (levels.length > 0) await run('addTenantLevels', root, ...levels)
  }

  async function roots(): Promise<string[]> {
    if (!manyRoots) return [GLOBAL_ROOT]
    await readHomes()
    return [...homes.values()].map(rootOf)
  }

  return {
    async shardFor(site) {
      if (!manyRoots) return '' as Shard
      const named = site === undefined ? undefined : await homeOfSite(site)
      if (named !== undefined) return named
      if (homes.size === 0) await readHomes()
      const all = [...homes.values()]
      return all[Math.floor(Math.random() * all.length)] ?? shardFrom(1)
    },

    async createRoom(room) {
      const root = rootOf(shardOfRoom(room.roomId))
      const [answer, expiresAtMs] = await ticks.ask(scripts.createRoom, root, [
        room.roomId,
        room.title,
        room.hostKeyHash,
        room.costTracks ?? '',
        room.site ?? '',
        room.tenant ?? '',
        room.ttlMs,
        room.startsAtMs ?? '',
        room.standby ?? '',
      ])
      return answer === 'created' ? { expiresAtMs: Number(expiresAtMs) } : { refused: 'taken' }
    },

    async viewRoom(roomId) {
      const root = rootOf(shardOfRoom(roomId))
      const [answer, title, expiresAtMs, site] = await ticks.ask(scripts.viewRoom, root, [roomId])
      if (answer === 'recovering') return { refused: 'store_recovering' }
      if (answer !== 'room') return { refused: 'room_not_found' }
      return { title: String(title), expiresAtMs: Number(expiresAtMs), site: String(site) }
    },

    ...placer,

    async endRoom(roomId, hostKeyHash) {
      const [answer, node, site, epoch] = await run(
        'endRoom',
        rootOf(shardOfRoom(roomId)),
        roomId,
        hostKeyHash,
      )
      if (answer !== 'elsewhere') return answer as 'ended' | 'unknown' | 'forbidden'
      const root = await rootOfSite(String(site))
      if (root) await dropRoom(root, String(node), roomNameOf(roomId, Number(epoch)), 'drop')
      return 'ended'
    },

    async adoptRooms(rooms) {
      const byRoot = Map.groupBy(rooms, ({ roomId }) => rootOf(shardOfRoom(roomId)))
      for (const [root, mine] of byRoot)
        await run(
          'adoptRooms',
          root,
          ...mine.flatMap((r) => [r.roomId, r.title, r.hostKeyHash, r.site, r.expiresAtMs]),
        )
    },

    async credentialsOf(node) {
      const root = await rootOfNode(node)
      if (!root) return undefined
      const [card] = await run('credentialsOf', root, node)
      return card === '' ? undefined : cardFrom(String(card))
    },

    async setStandby(roomId, level) {
      const [answer] = await run('setStandby', rootOf(shardOfRoom(roomId)), roomId, level)
      return answer as 'set' | 'unknown'
    },

    async setTenantStandby(tenant, level) {
      // The common root first: a root that comes up meanwhile learns it from there.
      await run('setTenantLevel', GLOBAL_ROOT, tenant, level ?? '')
      if (!manyRoots) return
      await Promise.all((await roots()).map((root) => run('setTenantLevel', root, tenant, level ?? '')))
    },

    async tenantStandby(tenant) {
      const [, level] = await run('readTenantLevels', GLOBAL_ROOT, tenant)
      return (level as StandbyLevel | undefined) ?? null
    },

    async isOwner(node, secretHash) {
      const [answer] = await run('checkOwner', GLOBAL_ROOT, node, secretHash)
      return Number(answer) === 1
    },

    async enrolNode(n) {
      const claim = await run('claimNode', GLOBAL_ROOT, n.node, n.site, n.secretHash, manyRoots ? 1 : 0)
      const [answer, left, number] = claim
      if (answer === 'taken') return 'taken'
      if (manyRoots && !homes.has(n.site)) {
        const home = shardFrom(Number(number))
        homes.set(n.site, home)
        await teachRoot(rootOf(home))
      }
      if (left !== '') {
        const old = await rootOfSite(String(left))
        if (old) await run('forgetNode', old, n.node, String(left))
      }
      sitesOfNodes.set(n.node, n.site)
      const card = [n.url, n.apiKey, n.sealedSecret, n.agentVersion].join('\n')
      const root = (await rootOfSite(n.site)) ?? GLOBAL_ROOT
      await run('enrolNode', root, n.node, n.site, n.zone, card, n.secretHash)
      return 'enrolled'
    },

    async reportNode(reading): Promise<NodeOrder | Refusal<'node_unauthorized'>> {
      const root = await rootOfNode(reading.node)
      if (!root) return { refused: 'node_unauthorized' }
      const [answer, state, whole, here, foreign, unreached, site, restart] = await report(root, reading)
      if (answer === 'unauthorized') {
        // It may have moved to another site.
        sitesOfNodes.delete(reading.node)
        return { refused: 'node_unauthorized' }
      }
      const elsewhere = foreign as unknown[]
      const there = elsewhere.length > 0 ? await sightElsewhere(reading, elsewhere) : []
      const orders = [...(here as unknown[]), ...there].map(String)
      const names = (order: string) => [
        ...new Set(orders.filter((_, i) => orders[i + 1] === order && i % 2 === 0)),
      ]
      return {
        state: state as NodeState,
        drop: names('drop'),
        moved: names('moved'),
        changed: names('changed'),
        wholeRooms: Number(whole) === 1,
        site: String(site),
        unreachedUrl: String(unreached),
        restart: Number(restart) === 1,
      }
    },

    async condemnNode(node) {
      const root = await rootOfNode(node)
      if (!root) return 'gone'
      const [answer] = await run('condemnNode', root, node)
      return answer as 'condemned' | 'gone' | 'kept'
    },

    async markReached(node) {
      const root = await rootOfNode(node)
      if (root) await run('markReached', root, node)
    },

    async nextToMove() {
      const answers = await Promise.all((await roots()).map((root) => run('emptyNodes', root)))
      return answers.flatMap((pairs) =>
        pairs.flatMap((node, i) =>
          i % 2 === 0 ? { node: String(node), rooms: (pairs[i + 1] as unknown[]).map(String) } : [],
        ),
      )
    },

    async setNodeState(node, state, drain) {
      const root = await rootOfNode(node)
      if (!root) return 'unknown'
      const free = drain?.freeElsewhere
      const args = [node, state, drain?.withinMs ?? '', free === undefined ? 'any' : freeArg(free)]
      const [answer, needTracks, freeTracks] = await run('setNodeState', root, ...args)
      if (answer === 'too_full') return { needTracks: Number(needTracks), freeTracks: Number(freeTracks) }
      return answer as 'set' | 'unknown'
    },

    async setSite(site, { ranges, fallback, boundary, spare, offline = 'off' }) {
      const root = await rootOfSite(site)
      if (!root) return 'unknown'
      const csv = [ranges, fallback].map((list) => list.join(','))
      const [answer] = await run('setSite', root, site, ...csv, boundary, spare, offline)
      return answer as 'set' | 'unknown'
    },

    async readSites() {
      const pages = await Promise.all((await roots()).map((root) => ticks.ask(scripts.readSites, root, [])))
      return pages.flat().map((row) => siteRecord(row as Row))
    },

    async readNodes({ site, after = '', limit }) {
      const root = await rootOfSite(site)
      if (!root) return []
      const [now, ...rows] = await run('readNodes', root, site, after, limit)
      return rows.map((row) => nodeRecord(Number(now), row as Row))
    },

    async sweepSite(site) {
      const root = await rootOfSite(site)
      if (!root) return 'idle'
      const [answer, weeded, dead, mended] = await run('sweepSite', root, site)
      if (answer === 'idle') return 'idle'
      return { weeded: Number(weeded), dead: Number(dead), mendedTracks: Number(mended) }
    },

    async beginRestart(site) {
      const root = await rootOfSite(site)
      if (!root) return 'unknown'
      const [answer] = await run('beginRestart', root, site)
      return answer as 'begun' | 'goes_on' | 'unknown'
    },

    async stopRestart(site) {
      const root = await rootOfSite(site)
      if (!root) return 'unknown'
      const [answer] = await run('stopRestart', root, site)
      return answer as 'stopped' | 'finishes' | 'unknown'
    },

    async stepRestart(site, freeElsewhere) {
      const root = await rootOfSite(site)
      if (!root) return 'idle'
      return restartStep((await run('stepRestart', root, site, freeArg(freeElsewhere))) as Row)
    },

    ping: () => store.ping(),
  }
}
