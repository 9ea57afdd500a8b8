import type { ConnectionState, Link, Role } from '../../connections/connection.ts'
import type { LinkSignal } from '../../connections/link-signal.ts'
import { sendPolicy } from '../send-policy.ts'
import type { EventOf } from './events.ts'
import { hasFreshAccess, recover, refresh, rejoinNow, reopenWithFreshAccess, settle } from './recovery.ts'
import { followStandby, replaceStandby, resetStandbyFailures } from './standby.ts'
import { isBroken, isTroubled, type FailoverState } from './state.ts'
import type { Transition } from './transition.ts'

/** The next state of a link for each signal; a signal that is not listed changes nothing. */
export const LINK_TRANSITIONS: Readonly<Record<Link, Partial<Record<LinkSignal, Link>>>> = {
  connecting: {
    connected: 'up',
    recovered: 'up',
    'media-lost': 'reconnecting',
    failed: 'closed',
    disconnected: 'closed',
  },
  up: {
    'socket-closed': 'degraded',
    'signal-lost': 'degraded',
    'media-lost': 'reconnecting',
    failed: 'closed',
    disconnected: 'closed',
  },
  degraded: {
    connected: 'up',
    recovered: 'up',
    // A second socket was accepted and closed: the node is back but no longer has our session.
    'socket-closed': 'reconnecting',
    'media-lost': 'reconnecting',
    failed: 'closed',
    disconnected: 'closed',
  },
  reconnecting: { connected: 'up', recovered: 'up', failed: 'closed', disconnected: 'closed' },
  closed: {},
}

type Guard = (t: Transition, connection: ConnectionState, before: Link) => boolean
type Action = (t: Transition, connection: ConnectionState) => void

/** What to do after a link has changed: the first row that fits. */
export type LinkReaction = {
  readonly phase: FailoverState['phase']
  /** If absent, the reaction applies to every role. */
  readonly role?: Role
  readonly links: readonly Link[]
  readonly guard?: Guard
  readonly actions: readonly Action[]
}

const ANY: readonly Link[] = ['up', 'degraded', 'reconnecting', 'closed']

export const LINK_REACTIONS: readonly LinkReaction[] = [
  {
    phase: 'starting',
    links: ['up'],
    // The meeting moved while the first connection was being opened, and the new node failed.
    guard: activeIsBroken,
    actions: [publish, refresh, start, recover],
  },
  { phase: 'starting', links: ['up'], actions: [publish, refresh, start, followStandby] },
  { phase: 'starting', links: ANY, actions: [refresh] },
  { phase: 'running', role: 'active', links: ['up'], actions: [publish, settle, followStandby, refresh] },
  {
    phase: 'running',
    role: 'active',
    links: ['reconnecting'],
    guard: canReopenAtOnce,
    actions: [reopenWithFreshAccess, refresh],
  },
  { phase: 'running', role: 'active', links: ['reconnecting'], actions: [recover, rejoinNow, refresh] },
  { phase: 'running', role: 'active', links: ['degraded', 'closed'], actions: [recover, refresh] },
  {
    phase: 'running',
    role: 'standby',
    links: ['up'],
    guard: activeIsTroubled,
    actions: [publish, resetStandbyFailures, recover, refresh],
  },
  { phase: 'running', role: 'standby', links: ['up'], actions: [publish, resetStandbyFailures, refresh] },
  {
    phase: 'running',
    role: 'standby',
    links: ['reconnecting', 'closed'],
    actions: [replaceStandby, refresh],
  },
  { phase: 'running', role: 'previous', links: ['up'], actions: [publish, refresh] },
  { phase: 'running', role: 'previous', links: ['reconnecting'], actions: [disconnect, refresh] },
  { phase: 'running', links: ANY, actions: [refresh] },
]

/** The link that a signal leads to; undefined: no change. Events of a room that we have left are ignored. */
function linkAfter(t: Transition, { id, signal }: EventOf<'link-signal'>): Link | undefined {
  const connection = t.find(id)
  if (!connection || connection.disconnected) return undefined
  return LINK_TRANSITIONS[connection.link][signal]
}

export const linkChanges = (t: Transition, event: EventOf<'link-signal'>): boolean =>
  linkAfter(t, event) !== undefined

export function changeLink(t: Transition, event: EventOf<'link-signal'>): void {
  const link = linkAfter(t, event)
  const before = t.find(event.id)
  if (!link || !before) return
  const fine = link === 'up' && { silent: false, unreachable: false }
  t.update(before.id, { link, linkSinceMs: t.nowMs, ...fine })
  const { phase } = t.state
  const connection = { ...before, link, ...fine }
  const reaction = LINK_REACTIONS.find(
    ({ phase: wanted, role = before.role, links, guard }) =>
      wanted === phase &&
      role === before.role &&
      links.includes(link) &&
      (!guard || guard(t, connection, before.link)),
  )
  for (const act of reaction?.actions ?? []) act(t, connection)
}

/**
 * The session on the node is lost but the node is up. With a valid token we reconnect faster than LiveKit's own restart.
 * Not needed while a standby serves.
 */
function canReopenAtOnce(t: Transition, _connection: ConnectionState, before: Link): boolean {
  return before !== 'connecting' && t.standby?.link !== 'up' && hasFreshAccess(t)
}

function activeIsBroken(t: Transition): boolean {
  return isBroken(t.state)
}

function activeIsTroubled(t: Transition): boolean {
  return isTroubled(t.state)
}

/** The connection is up, for the first time or again. */
function publish(t: Transition, { id }: ConnectionState): void {
  const connection = t.find(id)
  if (!connection) return
  const policy = sendPolicy(connection, t.state.connections)
  t.emit({ type: 'publish', id, policy }, { type: 'resend-messages', id })
}

function start(t: Transition): void {
  t.set({ phase: 'running' })
  t.emit({ type: 'start-media-monitor' })
}

function disconnect(t: Transition, connection: ConnectionState): void {
  t.disconnect(connection)
}
