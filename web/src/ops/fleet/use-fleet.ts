import { useEffect, useState, useSyncExternalStore } from 'react'
import { Fleet, type FleetPageView } from './fleet-store.ts'

/** The fleet, with the chosen site in the address: a link leads to it, and Back leads back. */
export function useFleet(): { fleet: Fleet; view: FleetPageView } {
  const [fleet] = useState(() => new Fleet(siteInAddress()))
  const view = useSyncExternalStore(fleet.subscribe, fleet.view)
  useEffect(() => fleet.watch(), [fleet])
  useEffect(() => {
    const follow = () => fleet.choose(siteInAddress())
    addEventListener('popstate', follow)
    return () => removeEventListener('popstate', follow)
  }, [fleet])
  return { fleet, view }
}

const siteInAddress = () => new URLSearchParams(location.search).get('site') ?? undefined
