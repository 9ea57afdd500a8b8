import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/runtime-macro'
import type { EndReason } from '../meeting/connections/connection-status.ts'

/** The text after a meeting, by the way in which it ended for this person. */
export const ENDED: Record<
  EndReason,
  { title: MessageDescriptor; more: MessageDescriptor; canJoinAgain: boolean }
> = {
  left: {
    title: msg`You left the meeting`,
    more: msg`It continues without you. You can come back at any time.`,
    canJoinAgain: true,
  },
  removed: {
    title: msg`A host removed you from the meeting`,
    more: msg`If this was a mistake, ask the host.`,
    canJoinAgain: true,
  },
  ended: {
    title: msg`The meeting has ended`,
    more: msg`Its link no longer works.`,
    canJoinAgain: false,
  },
  elsewhere: {
    title: msg`You joined from another window`,
    more: msg`The meeting continues there. To continue here instead, join again.`,
    canJoinAgain: true,
  },
  lost: {
    title: msg`You lost your place in the meeting`,
    more: msg`You were away too long, or the service was restarted. You can join again.`,
    canJoinAgain: true,
  },
}
