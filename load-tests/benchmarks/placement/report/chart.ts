import type { Route } from '../routes.ts'
import { plot } from './plot.ts'
import type { PlacementResults } from './results.ts'

/** SVG. */
export function placementChart({ store, http, peers }: PlacementResults): string {
  const scripts = (pick: 'fresh' | 'placed') =>
    store.placements
      .filter(({ callers }) => callers === 64)
      .map((one) => ({ x: one.nodes, y: one[pick].perSec }))
  const overHttp = (route: Route) =>
    http.map(({ nodes, byCallers }) => ({ x: nodes, y: byCallers.at(-1)?.[route].perSec ?? 0 }))
  const createRoom = (count: number) =>
    peers.createRoom
      .filter(({ callers }) => callers === count)
      .map((one) => ({ x: one.nodes, y: one.roomsPerSec }))
  return plot('Placements per second by size of the fleet', 'nodes', 'per second', [
    { name: 'Levee, placed, scripts, 64 callers', points: scripts('placed') },
    { name: 'Levee, new, scripts, 64 callers', points: scripts('fresh') },
    { name: 'Levee, placed, through HTTP, 64 callers', points: overHttp('placed') },
    { name: 'Levee, new, through HTTP, 64 callers', points: overHttp('fresh') },
    { name: 'LiveKit CreateRoom, 16 callers', points: createRoom(16) },
    { name: 'LiveKit CreateRoom, 1 caller', points: createRoom(1) },
  ])
}
