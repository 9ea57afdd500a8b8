import type { NodeView } from '@levee/control-plane/contract'
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/runtime-macro'
import type { StatusTone } from '../ui/Status.tsx'
import type { DrainPhase } from './drain-progress.ts'
import { REPORTING, shutsDown } from './node-status.ts'

type Status = NodeView['status']
export type StatusMessages = { label: MessageDescriptor; explanation?: MessageDescriptor; tone: StatusTone }

export const STATUS_MESSAGES: Record<Status, StatusMessages> = {
  starting: {
    label: msg`Starting`,
    explanation: msg`Enrolled, waiting for its first report.`,
    tone: 'neutral',
  },
  serving: { label: msg`Serving`, explanation: msg`Accepts new meetings.`, tone: 'good' },
  cordoned: {
    label: msg`Cordoned`,
    explanation: msg`No new meetings. Running meetings continue.`,
    tone: 'warn',
  },
  draining: {
    label: msg`Draining`,
    explanation: msg`No new meetings. Running meetings are moving to other nodes.`,
    tone: 'warn',
  },
  suspect: {
    label: msg`Suspect`,
    explanation: msg`Reports are late. No new meetings until they resume.`,
    tone: 'warn',
  },
  down: { label: msg`Down`, explanation: msg`The agent reports, but LiveKit isn’t running.`, tone: 'bad' },
  dead: { label: msg`Dead`, explanation: msg`No reports. Check the machine and its network.`, tone: 'bad' },
}

// The progress shown below them is their explanation.
const DRAINING: StatusMessages = { label: STATUS_MESSAGES.draining.label, tone: 'warn' }
const DRAINED: StatusMessages = { label: msg`Drained`, tone: 'good' }
const STOPPED: StatusMessages = { label: msg`Stopped`, tone: 'neutral' }
const SHUT_DOWN: StatusMessages = { label: msg`Shutting down`, tone: 'neutral' }
const SHUTTING_DOWN: StatusMessages = {
  label: SHUT_DOWN.label,
  explanation: msg`Its agent received a stop signal. Its meetings are moving to other nodes.`,
  tone: 'warn',
}

/** `phase`: of a node that is being drained. An unplanned failure is shown in preference to the drain. */
export function statusMessages(
  node: Pick<NodeView, 'status' | 'drain'>,
  phase: DrainPhase | undefined,
): StatusMessages {
  if (phase === 'silent') return STOPPED
  if (phase === undefined || !REPORTING.has(node.status)) return STATUS_MESSAGES[node.status]
  if (shutsDown(node)) return phase === 'empty' ? SHUT_DOWN : SHUTTING_DOWN
  return phase === 'empty' ? DRAINED : DRAINING
}

/** It is this node's turn in the restart of its site. */
export const RESTARTING: StatusMessages = {
  label: msg`Restarting`,
  explanation: msg`Empty. LiveKit is restarting.`,
  tone: 'neutral',
}

const OUT_OF_SERVICE: StatusMessages = {
  label: msg`Out of service`,
  explanation: msg`Empty until the restart of its site continues.`,
  tone: 'warn',
}

/** The restart of its site is stuck at this node. */
export const heldMessages = (status: Status): StatusMessages =>
  REPORTING.has(status) ? OUT_OF_SERVICE : STATUS_MESSAGES[status]
