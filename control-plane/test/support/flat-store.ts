/** The stores as one object, for tests and benchmarks that use several of them. */
import type { NodesStore } from '../../src/domain/nodes.ts'
import type { RoomsStore } from '../../src/domain/rooms.ts'
import type { SitesStore } from '../../src/domain/site-records.ts'
import type { TenantsStore } from '../../src/domain/tenants.ts'
import { createStores } from '../../src/redis/stores.ts'

export type FlatStore = RoomsStore & NodesStore & SitesStore & TenantsStore

export function createFlatStore(...args: Parameters<typeof createStores>): FlatStore {
  const { rooms, nodes, sites, tenants } = createStores(...args)
  return { ...rooms, ...nodes, ...sites, ...tenants }
}
