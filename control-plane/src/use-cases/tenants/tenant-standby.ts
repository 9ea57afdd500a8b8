import type { TenantsStore } from '../../domain/tenants.ts'
import type { StandbyLevel } from '../../protocol/shapes/rooms.ts'

export type TenantStandbyDeps = { tenants: Pick<TenantsStore, 'setTenantStandby' | 'tenantStandby'> }

/** null: no level is set for this tenant, so the level of the installation applies. */
export async function viewTenantStandby(
  deps: TenantStandbyDeps,
  tenant: string,
): Promise<{ level: StandbyLevel | null }> {
  return { level: await deps.tenants.tenantStandby(tenant) }
}

/** For rooms of the tenant without a level of their own, from their next join on. null: the level of the installation. */
export async function setTenantStandby(
  deps: TenantStandbyDeps,
  tenant: string,
  level: StandbyLevel | null,
): Promise<void> {
  await deps.tenants.setTenantStandby(tenant, level)
}
