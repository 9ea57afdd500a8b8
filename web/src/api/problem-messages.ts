import type { RefusalCode } from './client.ts'
import type { ConnectionFault } from './shown-problem.ts'

/**
 * What a person reads when something is refused: what happened, and what to do.
 * `retry`: `auto` counts down and tries again by itself, `ask` offers a button, `never` needs something else.
 */
export type RefusalWords = { what: string; todo: string; retry: 'auto' | 'ask' | 'never' }

const OURS: RefusalWords = {
  what: 'This page and the control plane do not agree',
  todo: 'Reload the page. If it happens again, tell your IT team the reference below.',
  retry: 'ask',
}

const WORDS: Record<RefusalCode | ConnectionFault, RefusalWords> = {
  room_not_found: {
    what: 'This link does not lead to a meeting',
    todo: 'The meeting may have ended, or the link was not copied completely. Ask the person who invited you for a new link.',
    retry: 'never',
  },
  host_key_refused: {
    what: 'The host link is not the right one for this meeting',
    todo: 'You can join as a guest, or open the host link again.',
    retry: 'never',
  },
  rejoin_refused: {
    what: 'Your place in the meeting has expired',
    todo: 'Join again by the link.',
    retry: 'never',
  },
  creation_refused: {
    what: 'Only operators may start meetings here',
    todo: 'Sign in on the operations page first, or ask somebody who may start meetings for a link.',
    retry: 'never',
  },
  rate_limited: {
    what: 'Too many tries from your network',
    todo: 'This happens when many people share one address. You keep your place on this page.',
    retry: 'auto',
  },
  no_node: {
    what: 'No meeting node is ready yet',
    todo: 'One is starting or coming back. We keep trying for you.',
    retry: 'auto',
  },
  fleet_full: {
    what: 'All meeting nodes are full right now',
    todo: 'A place becomes free when another meeting ends. We keep trying for you.',
    retry: 'auto',
  },
  node_full: {
    what: 'This meeting is full right now',
    todo: 'A place becomes free when somebody leaves. We keep trying for you.',
    retry: 'auto',
  },
  node_busy: {
    what: 'Many people are joining at once',
    todo: 'It is your turn in a moment. We keep trying for you.',
    retry: 'auto',
  },
  drain_does_not_fit: {
    what: 'The other nodes have no room for these meetings',
    todo: 'Start another node or wait until meetings end, then drain again.',
    retry: 'never',
  },
  site_full: {
    what: 'The site of this meeting is full right now',
    todo: 'This meeting may run nowhere else. A place becomes free when another meeting there ends. We keep trying for you.',
    retry: 'auto',
  },
  store_recovering: {
    what: 'Joining is interrupted for a moment',
    todo: 'After a fault the service is finding out where meetings run. We keep trying for you.',
    retry: 'auto',
  },
  store_unavailable: {
    what: 'Joining is interrupted for a moment',
    todo: 'Meetings that are already running go on. We keep trying for you.',
    retry: 'auto',
  },
  stopping: {
    what: 'Joining is interrupted for a moment',
    todo: 'The service is being updated. We keep trying for you.',
    retry: 'auto',
  },
  internal: {
    what: 'Something broke on our side',
    todo: 'Try once more. If it happens again, tell your IT team the reference below.',
    retry: 'ask',
  },
  unreachable: {
    what: 'The meeting service does not answer',
    todo: 'Check that you are online, or connected to your company network. We keep trying for you.',
    retry: 'auto',
  },
  unexpected: {
    what: 'Something between you and the meeting service answered in its place',
    todo: 'A proxy, a firewall page or a sign-in page of your network may be in the way. Reload the page, or ask your IT team.',
    retry: 'ask',
  },
  node_blocked: {
    what: 'Your network blocks the connection to the meeting node',
    todo: 'The meeting has room for you, but a firewall, proxy or VPN stops the WebSocket to the node below. Try another network, or show this to your IT team.',
    retry: 'ask',
  },
  media_blocked: {
    what: 'Your network lets you in, but blocks sound and picture',
    todo: 'The node below must be reachable over UDP, or over TCP as a fallback. Try another network, or show this to your IT team.',
    retry: 'ask',
  },
  token_refused: {
    what: 'The meeting node did not accept this join',
    todo: 'The meeting may just have moved. Try once more.',
    retry: 'ask',
  },
  connection_failed: {
    what: 'The connection to the meeting node failed',
    todo: 'Try once more. If it happens again, show this to your IT team.',
    retry: 'ask',
  },
  operator_required: { what: 'You are signed out', todo: 'Sign in with the operator key.', retry: 'never' },
  node_not_found: {
    what: 'This node is no longer enrolled',
    todo: 'The list refreshes by itself.',
    retry: 'never',
  },
  site_not_found: {
    what: 'This site is not known any more',
    todo: 'It exists as long as a node is enrolled in it. Go back to the list of sites.',
    retry: 'never',
  },
  invalid_request: {
    what: 'The control plane does not accept this input',
    todo: 'Shorten or change what you typed and try again.',
    retry: 'ask',
  },
  payload_too_large: {
    what: 'That is too much text',
    todo: 'Shorten what you typed and try again.',
    retry: 'ask',
  },
  malformed_request: OURS,
  unsupported_media_type: OURS,
  not_found: OURS,
  metrics_key_required: OURS,
  enrolment_refused: OURS,
  node_unauthorized: OURS,
  node_id_taken: OURS,
  impossible_report: OURS,
  offline_grant_refused: OURS,
  agent_too_old: OURS,
  agent_too_new: OURS,
}

export const refusalWords = (code: RefusalCode | ConnectionFault): RefusalWords => WORDS[code] ?? OURS
