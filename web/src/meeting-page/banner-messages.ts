import type { MessageDescriptor } from '@lingui/core'
import { problemMessages } from '../api/problem-messages.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'
import { text } from './messages.ts'

type Translate = (message: MessageDescriptor) => string

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
      return `${t(text.cutOff)} ${effortText(refusal, t)}`
    case 'rejoining':
      return `${t(text.cutOff)} ${t(text.rejoining)}`
    default:
      return undefined
  }
}

function effortText(refusal: MeetingView['refusal'], t: Translate): string {
  if (!refusal) return t(text.reconnecting)
  if (refusal.code === 'unreachable') return t(text.nothingResponds)
  return t(text.refused(t(problemMessages(refusal.code).title)))
}

/** For a node that stops before its meetings could be moved. If they can be moved, no message is needed. */
export const stoppingMessage = ({
  connection,
  stopping,
}: Pick<MeetingView, 'connection' | 'stopping'>): MessageDescriptor | undefined =>
  stopping && connection === 'connected' ? text.stopping : undefined
