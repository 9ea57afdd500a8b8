import type { NodeView } from '@levee/control-plane/contract'
import type { MessageDescriptor } from '@lingui/core'
import { msg, plural } from '@lingui/core/runtime-macro'
import type { NodeVerb } from '../../api/client.ts'

export type CommandMessages = {
  /** On the button in the node's row. */
  label: MessageDescriptor
  /** The button's name for a screen reader, unique per node. Starts with `label`. */
  labelFor: (node: string) => MessageDescriptor
  pending: MessageDescriptor
  question: (node: string) => MessageDescriptor
  /** What will happen, shown before the command is sent. */
  consequences: readonly MessageDescriptor[]
  confirm: MessageDescriptor
  dismiss: MessageDescriptor
  failed: (node: string) => MessageDescriptor
}

const CANCEL = msg`Cancel`

const COMMANDS: Record<NodeVerb, CommandMessages> = {
  cordon: {
    label: msg`Cordon`,
    labelFor: (node) => msg`Cordon ${{ node }}`,
    pending: msg`Cordoning…`,
    question: (node) => msg`Cordon ${{ node }}?`,
    consequences: [
      msg`No new meetings will start on this node. Running meetings continue, and people can still join them.`,
    ],
    confirm: msg`Cordon node`,
    dismiss: CANCEL,
    failed: (node) => msg`${{ node }} couldn’t be cordoned.`,
  },
  uncordon: {
    label: msg`Uncordon`,
    labelFor: (node) => msg`Uncordon ${{ node }}`,
    pending: msg`Uncordoning…`,
    question: (node) => msg`Uncordon ${{ node }}?`,
    consequences: [msg`New meetings will start on this node again.`],
    confirm: msg`Uncordon node`,
    dismiss: CANCEL,
    failed: (node) => msg`${{ node }} couldn’t be uncordoned.`,
  },
  drain: {
    label: msg`Drain`,
    labelFor: (node) => msg`Drain ${{ node }}`,
    pending: msg`Starting the drain…`,
    question: (node) => msg`Drain ${{ node }}?`,
    consequences: [
      msg`Its meetings move to other nodes while people keep talking. No one has to rejoin.`,
      msg`New meetings start on other nodes.`,
      msg`You can stop the node once it’s empty. Until then, you can cancel the drain.`,
    ],
    confirm: msg`Drain node`,
    dismiss: CANCEL,
    failed: (node) => msg`${{ node }} couldn’t be drained.`,
  },
  remove: {
    label: msg`Remove`,
    labelFor: (node) => msg`Remove ${{ node }}`,
    pending: msg`Removing…`,
    question: (node) => msg`Remove ${{ node }} for good?`,
    consequences: [
      msg`Its keys and tickets stop working at once, and it can’t enrol again under this name until you allow it.`,
      msg`Meetings that still run on it continue elsewhere as soon as people reconnect. If you can, drain it first.`,
      msg`Use this if the machine was stolen or retired.`,
    ],
    confirm: msg`Remove node`,
    dismiss: CANCEL,
    failed: (node) => msg`${{ node }} couldn’t be removed.`,
  },
}

/** For the command `uncordon` to a node that is being drained. */
const CANCEL_DRAIN: CommandMessages = {
  label: msg`Cancel drain`,
  labelFor: (node) => msg`Cancel drain of ${{ node }}`,
  pending: msg`Cancelling the drain…`,
  question: (node) => msg`Cancel the drain of ${{ node }}?`,
  consequences: [
    msg`New meetings will start on this node again. Meetings that have already moved stay where they are now; the others stay on this node.`,
  ],
  confirm: msg`Cancel drain`,
  // "Cancel" beside "Cancel drain" could mean either.
  dismiss: msg`Keep draining`,
  failed: (node) => msg`The drain of ${{ node }} couldn’t be cancelled.`,
}

export const commandMessages = (verb: NodeVerb, state: NodeView['state']): CommandMessages =>
  verb === 'uncordon' && state === 'draining' ? CANCEL_DRAIN : COMMANDS[verb]

/** The meetings and people that a drain would move. */
export const nodeLoad = ({
  rooms,
  participants,
}: Pick<NodeView, 'rooms' | 'participants'>): MessageDescriptor =>
  rooms + participants === 0
    ? msg`No meetings are running on it now.`
    : msg`Running on it now: ${plural({ rooms }, { one: '# meeting', other: '# meetings' })}, ${plural({ participants }, { one: '# person', other: '# people' })}.`
