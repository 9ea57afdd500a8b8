import { useEffect, useState, useSyncExternalStore } from 'react'
import type { FleetState } from './fleet-state.ts'
import { FleetStore } from './fleet-store.ts'

/** The state of the fleet. The open site is part of the address, so that links and the browser's Back button work. */
export function useFleet(): { fleet: FleetStore; state: FleetState } {
  const [fleet] = useState(() => new FleetStore(siteInAddress()))
  const state = useSyncExternalStore(fleet.subscribe, fleet.state)
  useEffect(() => fleet.startPolling(), [fleet])
  useEffect(() => {
    const follow = () => fleet.openSite(siteInAddress())
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [fleet])
  return { fleet, state }
}

const siteInAddress = () => new URLSearchParams(location.search).get('site') ?? undefined
