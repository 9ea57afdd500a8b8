import type { MessageDescriptor } from '@lingui/core'
import type { JoinAnswer } from '@levee/control-plane/contract'
import { formatUnit } from '../i18n/format.ts'
import { SAME_DISTANCE_MS } from '../tuning.ts'
import { text } from './messages.ts'
import type { Measured } from './round-trips.ts'

/** How far a person is from the site where their meeting runs. */
export type Distance = {
  site: string
  /** Round trip; undefined: not measured. */
  ms: number | undefined
  /** A nearer site, where the meeting does not run. */
  nearer: string | undefined
}

/** The client's own measurement takes precedence over the guess of the control plane, which knows only the address. */
export function distanceOf(
  { site, nearestSite }: Pick<JoinAnswer, 'site' | 'nearestSite'>,
  { times, nearest }: Measured,
): Distance {
  const here = nearest ?? nearestSite ?? site
  const ms = times.get(site)
  const leastMs = times.get(here)
  const isAsNear =
    here === site || (ms !== undefined && leastMs !== undefined && ms - leastMs < SAME_DISTANCE_MS)
  return { site, ms, nearer: isAsNear ? undefined : here }
}

/** Less than a millisecond still counts as one. */
const formatRoundTrip = (ms: number) => formatUnit(Math.max(1, Math.round(ms)), 'millisecond')

/** The message for a person whose meeting does not run at the nearest site; otherwise undefined. */
export function elsewhereMessage({ site, ms, nearer }: Distance): MessageDescriptor | undefined {
  if (nearer === undefined) return undefined
  return ms === undefined ? text.elsewhere(site) : text.elsewhereAway(site, formatRoundTrip(ms))
}

/** Sentences for a call to support. `nowMs`: the current round trip to this node. */
export function connectionMessages(
  { site, ms, nearer }: Distance,
  node: string,
  nowMs: number | undefined = ms,
): MessageDescriptor[] {
  return [
    nowMs === undefined
      ? text.connection(node, site)
      : text.connectionAway(node, site, formatRoundTrip(nowMs)),
    ...(nearer === undefined ? [] : [text.nearest(nearer)]),
  ]
}
