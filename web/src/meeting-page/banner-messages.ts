import { refusalWords } from '../api/problem-messages.ts'
import type { MeetingView } from '../meeting/meeting-view.ts'

type Told = Pick<MeetingView, 'connection' | 'announced' | 'refusal'> & { answer: { node: string } }

/**
 * What is down, for whom, and what is being done; undefined while there is nothing to say. “Nothing is sent” is
 * true: what goes over a cut line is stopped as soon as these words are shown.
 */
export function bannerWords({ connection, announced, refusal, answer: { node } }: Told): string | undefined {
  if (!announced) return undefined
  switch (connection) {
    case 'connecting':
      return 'Connecting …'
    case 'resuming':
      return `Your line to node ${node} is shaky. Sound and picture may still get through; the rest waits until it is back. Reconnecting …`
    case 'reconnecting':
      return `You are cut off: others cannot see or hear you, and nothing is sent. ${effort(node, refusal)}`
    case 'rejoining':
      return `You are cut off: others cannot see or hear you, and nothing is sent. Connecting to node ${node} …`
    default:
      return undefined
  }
}

/** A node that stops with its meetings on it; one that moves them first is not worth a word. */
export function stoppingWords({
  connection,
  stopping,
  answer: { node },
}: Pick<MeetingView, 'connection' | 'stopping'> & { answer: { node: string } }): string | undefined {
  if (!stopping || connection !== 'connected') return undefined
  return `Node ${node} is about to be stopped, and there is no room for this meeting elsewhere yet. You may be cut off for a while; this page brings you back by itself.`
}

function effort(node: string, refusal: MeetingView['refusal']): string {
  if (refusal?.code === 'unreachable')
    return `Neither node ${node} nor the meeting service answers, so it may be your own network. Trying both …`
  if (refusal) return `Node ${node} does not answer. ${refusalWords(refusal.code).what}. Trying again …`
  return `Node ${node} does not answer. Trying it again and asking for another place …`
}
