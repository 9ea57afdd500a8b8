import type { NodeView, SiteView } from '@levee/control-plane/contract'
import { count } from '../nodes/node-status-messages.ts'

type Restart = NonNullable<SiteView['restart']>
type Reason = NonNullable<Restart['reason']>

export type RestartProgress = {
  /** stuck: somebody has to decide. */
  tone: 'calm' | 'warn' | 'bad' | 'good'
  title: string
  /** 0 … 1 of the nodes; undefined: it is over. */
  share?: number
  /** How many. */
  words: string
  /** What happens now, or why nothing does. */
  note?: string
}

/** How far the ordered restart of a site's nodes is, for whoever may have to decide something. */
export function restartProgress(restart: Restart): RestartProgress {
  const { state, done, skipped, total, node, reason, stopping } = restart
  if (state === 'done') return ended(restart)
  const left = skipped > 0 ? ` · ${skipped.toLocaleString()} left out` : ''
  const progress = {
    share: total > 0 ? (done + skipped) / total : 1,
    words: `${done.toLocaleString()} of ${count(total, 'node')} restarted${left}`,
  }
  if (state === 'stuck' && reason)
    return { ...progress, tone: 'bad', title: `Stuck at ${node ?? 'a node'}`, note: STUCK[reason] ?? '' }
  const title = stopping ? 'Stopping after this node' : 'Restarting nodes one by one'
  if (state === 'waiting' && reason) return { ...progress, tone: 'warn', title, note: waits(restart, reason) }
  return { ...progress, tone: 'calm', title, ...(node !== null && { note: nowWords(state, node) }) }
}

function ended({ done, skipped }: Restart): RestartProgress {
  if (skipped === 0)
    return { tone: 'good', title: 'All nodes are restarted', words: `${count(done, 'node')}, one by one.` }
  return {
    tone: 'warn',
    title: 'Restarted, but not all',
    words: `${count(done, 'node')} restarted, ${skipped.toLocaleString()} left out: not there, or not back in time.`,
  }
}

function nowWords(state: Restart['state'], node: string): string {
  if (state === 'draining') return `Now ${node}: its meetings move to other nodes.`
  return state === 'restarting' ? `Now ${node}: LiveKit restarts.` : `Next: ${node}.`
}

function waits({ node, needTracks, freeTracks }: Restart, reason: Reason): string {
  switch (reason) {
    case 'no_room':
      return `Waiting: the meetings of ${node} need ${count(needTracks, 'track')}, and elsewhere ${freeTracks.toLocaleString()} are free. It goes on when there is room.`
    case 'silent':
      return `Waiting: ${node} or its LiveKit does not answer. After two minutes it is left out.`
    case 'leaving':
      return `Waiting: the agent of ${node} was told to stop.`
    case 'another_drain':
      return 'Waiting: another node here is being emptied.'
    case 'frozen':
      return 'Waiting: many nodes here are silent.'
    default:
      return 'Waiting.'
  }
}

/** What happened, that nothing else was harmed, and what each way out does. */
const STUCK: Partial<Record<Reason, string>> = {
  by_hand:
    'It is empty, but its agent cannot restart LiveKit. Restart LiveKit there by hand; the rest follows by itself.',
  taken_back: 'Somebody took its drain back. If you go on, it is drained again.',
  not_empty:
    'Not all its meetings could be moved in time, so it serves again. If you go on, it is tried again.',
  not_back:
    'Its LiveKit has not come back in time, and no other node was touched. Read its log first. If you go on and it is still not back, it is left out.',
}

/** Said once to whoever does not see the page, when it begins to hold. */
export function restartNews(site: string, restart: Restart): string {
  const { title, note } = restartProgress(restart)
  const over = restart.state === 'done' || restart.state === 'stuck' || restart.reason !== null
  return over && note !== undefined ? `${site}: ${title}. ${note}` : `${site}: ${title}.`
}

/** One line among many sites; undefined: there is nothing to say. */
export function restartLine(restart: SiteView['restart']): string | undefined {
  if (!restart || restart.state === 'done') return undefined
  const { title, words } = restartProgress(restart)
  return restart.state === 'stuck' ? `Restart: ${title.toLowerCase()}` : `Restarting: ${words}`
}

/**
 * What becomes of the node because it is its turn: it is shown and commanded with the restart. `held`: empty and out of
 * service until somebody has done something. undefined: it is like any other.
 */
export type Turn = 'draining' | 'restarting' | 'held' | undefined
export function turnOf(
  { node, drain }: Pick<NodeView, 'node' | 'drain'>,
  restart: SiteView['restart'] | undefined,
): Turn {
  if (restart?.node !== node || !drain) return undefined
  const { state, reason } = restart
  if (state === 'stuck') return reason === 'not_back' || reason === 'by_hand' ? 'held' : undefined
  return state === 'draining' || state === 'restarting' ? state : undefined
}

/** An operator's word lets it go on; where somebody has to restart LiveKit by hand it goes on by itself. */
export const mayGoOn = ({ state, reason }: Restart): boolean => state === 'stuck' && reason !== 'by_hand'

/** Once is enough, unless what it was to wait for does not come about. */
export const mayStop = ({ state, stopping }: Restart): boolean =>
  state === 'stuck' || (state !== 'done' && !stopping)

/** What will happen, before it is done. */
export const restartSays = (nodes: number): readonly string[] =>
  nodes === 1
    ? [
        'This site has one node: its meetings move to other sites while people talk, then its LiveKit restarts.',
        'Where no other site has room for them, it waits. You can stop it at any time.',
      ]
    : [
        'One node at a time: its meetings move to other nodes while people talk, its LiveKit restarts, and when it serves again the next one follows.',
        'Nothing begins while the other nodes have no room.',
        'If a node does not come back, no other one is touched. You can stop it at any time.',
      ]
