/** The store of what operators have set for a tenant. */
import type { StandbyLevel } from './rooms.ts'

/** Keeps what operators have set for a tenant. Each method throws StoreUnavailable while Redis is away. */
export type TenantsStore = {
  /** For rooms of the tenant that say nothing themselves, from their next join on. null: as the installation has it. */
  setTenantStandby(tenant: string, level: StandbyLevel | null): Promise<void>
  tenantStandby(tenant: string): Promise<StandbyLevel | null>
}
