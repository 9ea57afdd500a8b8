import type { TenantsStore } from '../domain/tenants.ts'
import { GLOBAL_SHARD } from './keys.ts'
import type { PrepareScript } from './scripting/run-scripts.ts'
import * as scripts from './scripts/tenants.ts'
import type { Shards } from './shards.ts'

export type TenantLevels = {
  /** Copies the levels of all tenants into a shard that is new, or new to this replica. */
  copyTo(shardPrefix: string): Promise<void>
}

/** Each shard has all levels, because a placement reads no other shard. */
export function createTenantsStore(prepare: PrepareScript, shards: Shards): TenantsStore & TenantLevels {
  const addLevels = prepare(scripts.addTenantLevels)
  const readLevels = prepare(scripts.readTenantLevels)
  const setLevel = prepare(scripts.setTenantLevel)

  return {
    async setTenantStandby(tenant, level) {
      const args = { tenant, level: level ?? undefined }
      // The global shard first: a shard that is created in the meantime copies the level from there.
      await setLevel(GLOBAL_SHARD, args)
      if (shards.isSharded) await Promise.all((await shards.all()).map((shard) => setLevel(shard, args)))
    },

    async tenantStandby(tenant) {
      const { levels } = await readLevels(GLOBAL_SHARD, { tenant })
      return levels[0]?.[1] ?? null
    },

    async copyTo(shardPrefix) {
      const { levels } = await readLevels(GLOBAL_SHARD, {})
      if (levels.length > 0)
        await addLevels(
          shardPrefix,
          {},
          levels.map(([tenant, level]) => ({ tenant, level })),
        )
    },
  }
}
