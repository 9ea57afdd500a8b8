import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/runtime-macro'
import type { Refusal } from '../api/client.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import { text } from './messages.ts'

type Translate = (message: MessageDescriptor) => string

const INTERRUPTED = msg`You’re disconnected: others can’t see or hear you, and nothing is sent. Joining is interrupted for a moment. Trying again…`

/** While the client reconnects: why its last attempt was refused. Other refusals get the general message. */
const REFUSED: Partial<Record<Refusal['code'], MessageDescriptor>> = {
  unreachable: msg`You’re disconnected: others can’t see or hear you, and nothing is sent. The meeting service doesn’t respond either, so it may be your own network. Trying again…`,
  unexpected: msg`You’re disconnected: others can’t see or hear you, and nothing is sent. Something on your network answered instead of the meeting service. Trying again…`,
  rate_limited: msg`You’re disconnected: others can’t see or hear you, and nothing is sent. There are too many attempts from your network. Trying again…`,
  no_node: msg`You’re disconnected: others can’t see or hear you, and nothing is sent. The meeting service isn’t ready yet. Trying again…`,
  fleet_full: msg`You’re disconnected: others can’t see or hear you, and nothing is sent. The meeting service is full right now. Trying again…`,
  node_full: msg`You’re disconnected: others can’t see or hear you, and nothing is sent. This meeting is full right now. Trying again…`,
  node_busy: msg`You’re disconnected: others can’t see or hear you, and nothing is sent. Many people are joining at once. Trying again…`,
  site_full: msg`You’re disconnected: others can’t see or hear you, and nothing is sent. This meeting’s location is full right now. Trying again…`,
  store_recovering: INTERRUPTED,
  store_unavailable: INTERRUPTED,
  stopping: INTERRUPTED,
}
const REFUSED_OTHERWISE = msg`You’re disconnected: others can’t see or hear you, and nothing is sent. The meeting service can’t let you back in yet. Trying again…`

/**
 * What is wrong with the connection and what is being done; undefined if nothing is wrong. “Nothing is sent”
 * is true: the client stops sending over a broken connection as soon as it shows this.
 */
export function connectionText(
  { connection, announced, refusal }: Pick<MeetingView, 'connection' | 'announced' | 'refusal'>,
  t: Translate,
): string | undefined {
  if (!announced) return undefined
  switch (connection) {
    case 'connecting':
      return t(text.connecting)
    case 'resuming':
      return t(text.unstable)
    case 'reconnecting':
      return t(refusal ? (REFUSED[refusal.code] ?? REFUSED_OTHERWISE) : text.reconnecting)
    case 'rejoining':
      return t(text.rejoining)
    default:
      return undefined
  }
}

/** For a node that stops before its meetings could be moved. If they can be moved, no message is needed. */
export const stoppingMessage = ({
  connection,
  stopping,
}: Pick<MeetingView, 'connection' | 'stopping'>): MessageDescriptor | undefined =>
  stopping && connection === 'connected' ? text.stopping : undefined
