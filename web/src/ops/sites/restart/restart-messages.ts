import type { SiteView } from '@levee/control-plane/contract'
import type { MessageDescriptor } from '@lingui/core'
import { msg, plural } from '@lingui/core/runtime-macro'
import { formatNumber } from '../../../i18n/format.ts'
import type { StatusTone } from '../../ui/Status.tsx'

type Restart = NonNullable<SiteView['restart']>
type Reason = NonNullable<Restart['reason']>

export type RestartProgress = {
  /** bad: an operator has to decide. */
  tone: StatusTone
  title: MessageDescriptor
  /** Share of the nodes that are finished, 0–1; undefined: the restart is over. */
  share?: number
  /** How many nodes are finished. */
  summary: MessageDescriptor
  /** What happens now, or why the restart waits. */
  note?: MessageDescriptor
}

export function restartProgress(restart: Restart): RestartProgress {
  const { state, done, skipped, total, node, reason, stopping } = restart
  if (state === 'done') return finished(restart)
  const progress = { share: total > 0 ? (done + skipped) / total : 1, summary: nodesRestarted(restart) }
  if (state === 'stuck' && reason)
    return { ...progress, tone: 'bad', title: stuckAt(node), note: STUCK[reason] ?? LOOK_AT_THE_NODE }
  const title = stopping ? msg`Stopping after this node` : msg`Restarting nodes one by one`
  if (state === 'waiting' && reason)
    return { ...progress, tone: 'warn', title, note: waitingFor(restart, reason) }
  return { ...progress, tone: 'neutral', title, ...(node !== null && { note: currentStep(state, node) }) }
}

const nodesRestarted = ({ done, skipped, total }: Restart) =>
  skipped > 0
    ? msg`${{ done: formatNumber(done) }} of ${plural({ total }, { one: '# node', other: '# nodes' })} restarted, ${{ skipped: formatNumber(skipped) }} skipped`
    : msg`${{ done: formatNumber(done) }} of ${plural({ total }, { one: '# node', other: '# nodes' })} restarted`

const stuckAt = (node: string | null) => (node === null ? msg`Stuck` : msg`Stuck at ${{ node }}`)

function finished({ done, skipped }: Restart): RestartProgress {
  if (skipped === 0)
    return {
      tone: 'good',
      title: msg`All nodes have restarted`,
      summary: msg`${plural({ done }, { one: '# node', other: '# nodes' })}, one by one.`,
    }
  return {
    tone: 'warn',
    title: msg`Some nodes were skipped`,
    summary: msg`${plural({ done }, { one: '# node', other: '# nodes' })} restarted, ${{ skipped: formatNumber(skipped) }} skipped: offline, or not back in time.`,
  }
}

function currentStep(state: Restart['state'], node: string): MessageDescriptor {
  if (state === 'draining') return msg`Now ${{ node }}: its meetings are moving to other nodes.`
  return state === 'restarting' ? msg`Now ${{ node }}: LiveKit is restarting.` : msg`Next: ${{ node }}.`
}

function waitingFor({ node, needTracks, freeTracks }: Restart, reason: Reason): MessageDescriptor {
  const name = node ?? ''
  switch (reason) {
    case 'no_room':
      return msg`Waiting for room: the meetings on ${{ node: name }} need ${plural({ needTracks }, { one: '# track', other: '# tracks' })}, and other nodes have ${{ freeTracks: formatNumber(freeTracks) }} free.`
    case 'silent':
      return msg`Waiting: ${{ node: name }} or its LiveKit isn’t responding. If this continues, the node is skipped.`
    case 'leaving':
      return msg`Waiting: ${{ node: name }} is shutting down.`
    case 'another_drain':
      return msg`Waiting: another node at this site is draining.`
    case 'frozen':
      return msg`Waiting: many nodes at this site aren’t sending reports.`
    default:
      return msg`Waiting.`
  }
}

/** What happened, and what each button does. */
const STUCK: Partial<Record<Reason, MessageDescriptor>> = {
  by_hand: msg`The node is empty, but its agent can’t restart LiveKit. Restart LiveKit on that machine yourself; the remaining nodes then follow automatically.`,
  taken_back: msg`Someone cancelled its drain. If you continue, it’s drained again.`,
  not_empty: msg`Not all of its meetings could be moved in time, so it’s serving again. If you continue, the drain is tried again.`,
  not_back: msg`LiveKit didn’t come back in time. No other node was touched. Check its log first. If you continue and it’s still not back, the node is skipped.`,
}
const LOOK_AT_THE_NODE = msg`Check the node before you continue.`

/** Read out once when it becomes true. */
export function restartAnnouncement(
  site: string,
  restart: Restart,
  text: (message: MessageDescriptor) => string,
) {
  const { title, note } = restartProgress(restart)
  const final = restart.state === 'done' || restart.state === 'stuck' || restart.reason !== null
  return final && note
    ? msg`${{ site }}: ${{ title: text(title) }}. ${{ note: text(note) }}`
    : msg`${{ site }}: ${{ title: text(title) }}.`
}

/** The restart in one line, for the list of sites; undefined: no restart is under way. */
export function restartInBrief(restart: SiteView['restart']): MessageDescriptor | undefined {
  if (!restart || restart.state === 'done') return undefined
  if (restart.state !== 'stuck') {
    const { done, total } = restart
    return msg`Restarting: ${{ done: formatNumber(done) }} of ${plural({ total }, { one: '# node', other: '# nodes' })} restarted`
  }
  return restart.node === null ? msg`Restart stuck` : msg`Restart stuck at ${{ node: restart.node }}`
}

/** What will happen, shown before the restart begins. */
export const restartConsequences = (nodes: number): readonly MessageDescriptor[] =>
  nodes === 1
    ? [
        msg`This site has one node. Its meetings move to other sites while people keep talking, then its LiveKit restarts.`,
        msg`If no other site has room for them, the restart waits. You can stop it at any time.`,
      ]
    : [
        msg`One node at a time: its meetings move to other nodes while people keep talking, its LiveKit restarts, and when it serves again the next node follows.`,
        msg`A node is only drained while the other nodes have room for its meetings.`,
        msg`If a node doesn’t come back, no other node is touched. You can stop at any time.`,
      ]
