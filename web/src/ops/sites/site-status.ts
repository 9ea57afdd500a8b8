import type { SiteView } from '@levee/control-plane/contract'
import { NEARLY_FULL_HEADROOM } from '../tuning.ts'

/** If several apply, the first in this order. */
export type SiteStatus = 'frozen' | 'closed' | 'silent' | 'full' | 'serving' | 'empty'

export function siteStatus({ nodes, serving, silent, frozen, headroom }: SiteView): SiteStatus {
  if (frozen) return 'frozen'
  if (nodes === 0) return 'empty'
  if (serving === 0) return 'closed'
  if (silent > 0) return 'silent'
  return headroom < NEARLY_FULL_HEADROOM ? 'full' : 'serving'
}

/** Shares of the capacity, 0–1. `used`: neither free nor reserved. */
export function capacityShares({ headroom, reservedTracks, capacityTracks }: SiteView) {
  const reserved = capacityTracks > 0 ? Math.min(1 - headroom, reservedTracks / capacityTracks) : 0
  return { headroom, reserved, used: Math.max(0, 1 - headroom - reserved) }
}
