import type { NodesStore } from '../domain/nodes.ts'
import type { OperatorsStore } from '../domain/operators.ts'
import type { RoomsStore } from '../domain/rooms.ts'
import type { SitesStore } from '../domain/site-records.ts'
import type { TenantsStore } from '../domain/tenants.ts'
import type { RedisClient } from './connection/client.ts'
import { createNodesStore } from './nodes-store.ts'
import { createOperatorsStore } from './operators-store.ts'
import { createPlacement, type PlacementOptions } from './placement.ts'
import { createReportsStore } from './reports-store.ts'
import { createDropRoom, createRoomsStore } from './rooms-store.ts'
import type { Includes } from './scripting/load-script.ts'
import { createScriptRunner } from './scripting/run-scripts.ts'
import { createShards } from './shards.ts'
import { createSitesStore } from './sites-store.ts'
import { createTenantsStore } from './tenants-store.ts'

export type Stores = {
  rooms: RoomsStore
  nodes: NodesStore
  sites: SitesStore
  tenants: TenantsStore
  operators: OperatorsStore
}

export type StoresOptions = PlacementOptions & {
  /** How long a report waits for others that can share its call. */
  reportWaitMs?: number
  /** For tests, which supply a clock and a random source. */
  includes?: Includes
}

/** The stores of one Redis. Throws if a script does not match its definition. */
export function createStores(
  redis: Pick<RedisClient, 'kind' | 'run' | 'processIdOf'>,
  { includes, reportWaitMs, ...placement }: StoresOptions,
): Stores {
  const prepare = createScriptRunner(redis, includes)
  const shards = createShards(prepare, redis.kind === 'cluster')
  const dropRoom = createDropRoom(prepare)
  const tenants = createTenantsStore(prepare, shards)
  return {
    rooms: {
      ...createRoomsStore(prepare, shards, dropRoom),
      ...createPlacement(prepare, shards, dropRoom, placement),
    },
    nodes: {
      ...createNodesStore(prepare, shards, tenants),
      ...createReportsStore(prepare, shards, reportWaitMs),
    },
    sites: createSitesStore(prepare, shards),
    tenants,
    operators: createOperatorsStore(prepare),
  }
}
