import { useEffect, useState, useSyncExternalStore } from 'react'
import { Fleet, type FleetPageView } from './fleet.ts'

export function useFleet(): { fleet: Fleet; view: FleetPageView } {
  const [fleet] = useState(() => new Fleet())
  const view = useSyncExternalStore(fleet.subscribe, fleet.view)
  useEffect(() => fleet.watch(), [fleet])
  return { fleet, view }
}
