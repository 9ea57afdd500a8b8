import type { MessageDescriptor } from '@lingui/core'
import { msg, plural } from '@lingui/core/runtime-macro'
import { formatNumber } from '../../i18n/format.ts'
import { formatDeadline } from '../fleet/format-time.ts'
import type { DrainProgress } from './drain-progress.ts'

/** The progress of the drain, in one line. */
export function drainSummary({
  phase,
  share,
  shutsDown,
  meetings,
  people,
}: DrainProgress): MessageDescriptor {
  switch (phase) {
    case 'moving':
      return share === undefined ? meetingsToMove(meetings.total, people) : meetingsMoved(meetings, people)
    case 'following':
      return msg`All meetings moved, ${plural({ people: people ?? 0 }, { one: '# person', other: '# people' })} still connected`
    case 'empty':
      return shutsDown ? msg`Empty. The node is about to stop.` : msg`Empty. You can stop this node.`
    case 'silent':
      return msg`All meetings had moved before its reports stopped.`
  }
}

function meetingsMoved({ moved, total }: DrainProgress['meetings'], people: number | undefined) {
  const values = { moved: formatNumber(moved) }
  return people === undefined
    ? msg`${{ moved: values.moved }} of ${plural({ total }, { one: '# meeting', other: '# meetings' })} moved`
    : msg`${{ moved: values.moved }} of ${plural({ total }, { one: '# meeting', other: '# meetings' })} moved, ${plural({ people }, { one: '# person', other: '# people' })} still connected`
}

const meetingsToMove = (total: number, people: number | undefined) =>
  people === undefined
    ? msg`${plural({ total }, { one: '# meeting', other: '# meetings' })} to move`
    : msg`${plural({ total }, { one: '# meeting', other: '# meetings' })} to move, ${plural({ people }, { one: '# person', other: '# people' })} still connected`

/** When the drain ends, or why it has not ended; undefined: there is nothing to add. */
export function drainNote({ phase, late, leftMs, shutsDown }: DrainProgress): MessageDescriptor | undefined {
  if (phase === 'empty') return undefined
  if (phase === 'silent') return shutsDown ? undefined : msg`To use it again, start it and cancel the drain.`
  if (!late)
    return shutsDown
      ? msg`Stops when it’s empty, or in ${{ time: formatDeadline(leftMs) }} at the latest.`
      : msg`Should be empty within ${{ time: formatDeadline(leftMs) }}.`
  if (shutsDown) return msg`Time is up. Anyone still connected is cut off and reconnects to another node.`
  return phase === 'moving' ? OTHERS_ARE_FULL : CLIENTS_ARE_LATE
}
const OTHERS_ARE_FULL = msg`Taking longer than planned: the other nodes are full.`
const CLIENTS_ARE_LATE = msg`Taking longer than planned: some browsers haven’t switched over yet.`

/** Read out once when it becomes true. It contains no numbers, or it would be read out with every refresh. */
export function drainAnnouncement(node: string, progress: DrainProgress): MessageDescriptor {
  const { phase, late, shutsDown } = progress
  if (phase === 'silent') return msg`${{ node }} was drained and no longer sends reports.`
  if (phase === 'empty')
    return shutsDown
      ? msg`${{ node }} is empty and about to stop.`
      : msg`${{ node }} is empty. You can stop it.`
  if (shutsDown)
    return late
      ? msg`${{ node }} has run out of time. Anyone still connected is cut off and reconnects to another node.`
      : msg`${{ node }} is shutting down.`
  if (!late) return msg`${{ node }} is draining.`
  return phase === 'moving'
    ? msg`The drain of ${{ node }} is taking longer than planned: the other nodes are full.`
    : msg`The drain of ${{ node }} is taking longer than planned: some browsers haven’t switched over yet.`
}
