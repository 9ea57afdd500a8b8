import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/runtime-macro'
import type { ShownProblem } from './shown-problem.ts'

export type ProblemMessages = {
  /** What happened. */
  title: MessageDescriptor
  /** What the person can do. */
  advice: MessageDescriptor
  /** For the IT team, folded away. */
  details?: MessageDescriptor
  /** `auto`: counts down and tries again by itself; `ask`: offers a button; `never`: trying again does not help. */
  retry: 'auto' | 'ask' | 'never'
}

const INTERRUPTED = msg`Joining is interrupted for a moment`

/** For requests that only a faulty or outdated page or agent sends. */
const MISMATCH: ProblemMessages = {
  title: msg`This page may be out of date`,
  advice: msg`Reload it. If that doesn’t help, show the details to your IT team.`,
  retry: 'ask',
}

const MESSAGES: Record<ShownProblem['code'], ProblemMessages> = {
  room_not_found: {
    title: msg`This link doesn’t lead to a meeting`,
    advice: msg`The meeting may have ended, or part of the link is missing. Ask the person who invited you for a new link.`,
    retry: 'never',
  },
  host_key_refused: {
    title: msg`This isn’t the host link of this meeting`,
    advice: msg`Join as a guest, or open the host link again.`,
    retry: 'never',
  },
  rejoin_refused: {
    title: msg`Your place in the meeting has expired`,
    advice: msg`Open the link and join again.`,
    retry: 'never',
  },
  creation_refused: {
    title: msg`Only operators can start meetings here`,
    advice: msg`Sign in first, or ask someone who can start meetings for a link.`,
    retry: 'never',
  },
  too_many_rooms: {
    title: msg`No more meetings can be created right now`,
    advice: msg`Use a link that you already have, or ask your IT team.`,
    retry: 'never',
  },
  rate_limited: {
    title: msg`Too many attempts from your network`,
    advice: msg`This happens when many people share one internet address. Stay on this page: we’ll keep trying.`,
    retry: 'auto',
  },
  no_node: {
    title: msg`The meeting service isn’t ready yet`,
    advice: msg`It’s starting or coming back. We’ll keep trying.`,
    retry: 'auto',
  },
  fleet_full: {
    title: msg`The meeting service is full right now`,
    advice: msg`There’s room again when another meeting ends. We’ll keep trying.`,
    retry: 'auto',
  },
  node_full: {
    title: msg`This meeting is full right now`,
    advice: msg`There’s room again when someone leaves. We’ll keep trying.`,
    retry: 'auto',
  },
  node_busy: {
    title: msg`Many people are joining at once`,
    advice: msg`It’s your turn in a moment. We’ll keep trying.`,
    retry: 'auto',
  },
  site_full: {
    title: msg`This meeting’s location is full right now`,
    advice: msg`The meeting can’t run anywhere else. There’s room again when another meeting there ends. We’ll keep trying.`,
    retry: 'auto',
  },
  store_recovering: {
    title: INTERRUPTED,
    advice: msg`The service is recovering from a fault. We’ll keep trying.`,
    retry: 'auto',
  },
  store_unavailable: {
    title: INTERRUPTED,
    advice: msg`Meetings that are running continue. We’ll keep trying.`,
    retry: 'auto',
  },
  stopping: {
    title: INTERRUPTED,
    advice: msg`The service is being updated. We’ll keep trying.`,
    retry: 'auto',
  },
  internal: {
    title: msg`Something broke on our side`,
    advice: msg`Try again. If it happens again, show the details to your IT team.`,
    retry: 'ask',
  },
  unreachable: {
    title: msg`The meeting service doesn’t respond`,
    advice: msg`Check that you’re online or connected to your company’s network. We’ll keep trying.`,
    retry: 'auto',
  },
  unexpected: {
    title: msg`Something on your network answered instead of the meeting service`,
    advice: msg`It may be a proxy, a firewall, or a sign-in page. Reload this page, or ask your IT team.`,
    retry: 'ask',
  },
  node_blocked: {
    title: msg`Your network blocks this meeting`,
    advice: msg`A firewall, proxy, or VPN stops the connection. Try another network, or show the details to your IT team.`,
    details: msg`The meeting has room, but the WebSocket connection to this server is blocked.`,
    retry: 'ask',
  },
  media_blocked: {
    title: msg`Your network blocks audio and video`,
    advice: msg`Try another network, or show the details to your IT team.`,
    details: msg`This server must be reachable over UDP, or over TCP as a fallback.`,
    retry: 'ask',
  },
  token_refused: {
    title: msg`The meeting didn’t let you in`,
    advice: msg`It may have just moved. Try again.`,
    details: msg`This server refused the access token.`,
    retry: 'ask',
  },
  connection_failed: {
    title: msg`Couldn’t connect to the meeting`,
    advice: msg`Try again. If it keeps failing, show the details to your IT team.`,
    details: msg`The connection to this server failed.`,
    retry: 'ask',
  },
  operator_required: {
    title: msg`You’re signed out`,
    advice: msg`Sign in with the operator key.`,
    retry: 'never',
  },
  drain_does_not_fit: {
    title: msg`The other nodes don’t have room for these meetings`,
    advice: msg`Add a node, or wait until meetings end. Then drain again.`,
    retry: 'never',
  },
  node_not_found: {
    title: msg`This node is no longer enrolled`,
    advice: msg`The list updates by itself.`,
    retry: 'never',
  },
  site_not_found: {
    title: msg`This site no longer exists`,
    advice: msg`A site exists as long as a node is enrolled in it. Go back to the list of sites.`,
    retry: 'never',
  },
  invalid_request: {
    title: msg`This input isn’t accepted`,
    advice: msg`Change or shorten what you typed and try again.`,
    retry: 'ask',
  },
  payload_too_large: {
    title: msg`That’s too much text`,
    advice: msg`Shorten what you typed and try again.`,
    retry: 'ask',
  },
  malformed_request: MISMATCH,
  unsupported_media_type: MISMATCH,
  request_timeout: MISMATCH,
  headers_too_large: MISMATCH,
  method_not_allowed: MISMATCH,
  not_found: MISMATCH,
  metrics_key_required: MISMATCH,
  proof_of_work_required: {
    title: msg`Many wrong attempts came from your network`,
    advice: msg`Signing in takes a few seconds longer now. Try again.`,
    retry: 'ask',
  },
  cross_site_refused: MISMATCH,
  enrolment_refused: MISMATCH,
  node_unauthorized: MISMATCH,
  node_id_taken: MISMATCH,
  node_removed: MISMATCH,
  node_url_refused: MISMATCH,
  impossible_report: MISMATCH,
  offline_grant_refused: MISMATCH,
  agent_too_old: MISMATCH,
  agent_too_new: MISMATCH,
}

/** The text for a problem. A code that only a newer server knows gets the general message. */
export const problemMessages = (code: ShownProblem['code']): ProblemMessages => MESSAGES[code] ?? MISMATCH
