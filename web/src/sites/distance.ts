import type { JoinAnswer } from '@levee/control-plane/contract'
import { NOISE_MS, type Measured } from './round-trips.ts'

/** How far a person is from the site where their meeting runs. */
export type Distance = {
  site: string
  /** Undefined: not measured. */
  ms: number | undefined
  /** A nearer site, which the meeting is not at. */
  nearer: string | undefined
}

/** Their own measurement knows better than the control plane, which can only guess by the address. */
export function distanceOf(
  { site, nearestSite }: Pick<JoinAnswer, 'site' | 'nearestSite'>,
  { times, nearest }: Measured,
): Distance {
  const here = nearest ?? nearestSite ?? site
  const ms = times.get(site)
  const leastMs = times.get(here)
  const asNear = here === site || (ms !== undefined && leastMs !== undefined && ms - leastMs < NOISE_MS)
  return { site, ms, nearer: asNear ? undefined : here }
}

const away = (ms: number | undefined) => (ms === undefined ? '' : `, ${wholeMs(ms)} from you`)

/** Less than a millisecond is still a way. The number and its unit stay on one line. */
const wholeMs = (ms: number) => `${Math.max(1, Math.round(ms))}\u{a0}ms`

/** Said once to whoever joins from elsewhere; undefined when there is nothing to say. */
export function elsewhereWords({ site, ms, nearer }: Distance): string | undefined {
  return nearer === undefined ? undefined : `This meeting runs at ${site}${away(ms)}.`
}

/** For a call to support: `nowMs` is the round trip as it is now, to this very node. */
export function connectionWords({ site, ms, nearer }: Distance, node: string, nowMs?: number): string {
  const where = `Connected to node ${node}, site ${site}${away(nowMs ?? ms)}.`
  return nearer === undefined ? where : `${where} Your nearest site is ${nearer}.`
}
