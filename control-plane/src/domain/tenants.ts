/** The store of what operators have set for a tenant. */
import type { StandbyLevel } from '../protocol/shapes/rooms.ts'

/** Each method throws StoreUnavailable while Redis is away. */
export type TenantsStore = {
  /**
   * For rooms of the tenant without a level of their own, from their next join on. null: the level of the installation.
   */
  setTenantStandby(tenant: string, level: StandbyLevel | null): Promise<void>
  /** null: no level is set. */
  tenantStandby(tenant: string): Promise<StandbyLevel | null>
}
