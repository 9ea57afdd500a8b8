/** Scripts that read and change what operators have set for tenants. */
import { defineScript } from '../scripting/define-script.ts'
import { about, optional, pairs, text } from '../scripting/types.ts'
import { STANDBY_LEVEL } from './rooms.ts'

export const setTenantLevel = defineScript({
  file: 'tenants/set-tenant-level',
  purpose:
    'Sets the standby level of a tenant’s rooms that have none of their own. Applies from their next join on.',
  args: { tenant: text, level: about('absent: the level of the installation', optional(STANDBY_LEVEL)) },
  returns: { set: {} },
})

export const readTenantLevels = defineScript({
  file: 'tenants/read-tenant-levels',
  purpose: 'The standby levels that operators have set for tenants.',
  args: { tenant: about('absent: all', optional(text)) },
  returns: { levels: { levels: about('by tenant', pairs(STANDBY_LEVEL)) } },
})

export const addTenantLevels = defineScript({
  file: 'tenants/add-tenant-levels',
  purpose:
    'Copies standby levels of tenants into a new shard. Levels that were set there in the meantime are kept.',
  args: {},
  each: { tenant: text, level: STANDBY_LEVEL },
  returns: { done: {} },
})
