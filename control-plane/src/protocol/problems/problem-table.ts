import { AGENT_PROBLEMS } from './agent-problems.ts'

export type ProblemText = { status: number; title: string; detail: string; retryAfterSec?: number }

/**
 * The closed list of refusals and faults (RFC 9457 `code` member).
 * `status`: HTTP status. `title`: a short label that never changes for a code. `detail`: a sentence that a person can act
 * on. `retryAfterSec`: the default `Retry-After`, where waiting helps.
 */
export const PROBLEMS = {
  malformed_request: {
    status: 400,
    title: 'Malformed request',
    detail: 'The request body is not valid JSON. Check the body and the Content-Type header.',
  },
  invalid_request: {
    status: 400,
    title: 'Invalid request',
    detail: 'A field is missing or has an impossible value. See "errors" for the fields.',
  },
  payload_too_large: {
    status: 413,
    title: 'Body too large',
    detail: 'The request body is larger than this route takes. Send less.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as application/json.',
  },
  request_timeout: {
    status: 408,
    title: 'Request too slow',
    detail: 'The request did not arrive in time. Check the connection and send it again.',
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    detail:
      'The request headers are larger than this server takes. Clear the cookies of this site, or send less.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    detail: 'This address does not take this method. See the "Allow" header.',
  },
  not_found: { status: 404, title: 'Not found', detail: 'There is nothing at this address.' },
  room_not_found: {
    status: 404,
    title: 'No such meeting',
    detail: 'This link does not lead to a meeting, or the meeting has ended. Ask for a new link.',
  },
  host_key_refused: {
    status: 403,
    title: 'Not a host',
    detail: 'This needs the host link of the meeting. Open the host link, or join as a guest.',
  },
  rejoin_refused: {
    status: 403,
    title: 'Rejoin refused',
    detail: 'This ticket has expired or belongs to another meeting. Join again by the link.',
  },
  creation_refused: {
    status: 401,
    title: 'Sign-in needed to start a meeting',
    detail: 'On this installation only operators may start meetings. Sign in, or ask for a link.',
  },
  operator_required: {
    status: 401,
    title: 'Operator sign-in needed',
    detail: 'Sign in with the operator key.',
  },
  proof_of_work_required: {
    status: 429,
    title: 'Many wrong attempts',
    detail:
      'There were many wrong attempts from this address. Send the proof of work for "challenge" along; the sign-in page does so by itself.',
  },
  cross_site_refused: {
    status: 403,
    title: 'Request from another site',
    detail: 'A page of another site sent this request. Use the pages of this installation, or an API client.',
  },
  metrics_key_required: {
    status: 401,
    title: 'Metrics key needed',
    detail: 'Send the metrics key as a bearer token.',
  },
  ...AGENT_PROBLEMS,
  node_not_found: { status: 404, title: 'No such node', detail: 'No node is enrolled under this id.' },
  drain_does_not_fit: {
    status: 409,
    title: 'The drain would not fit',
    detail:
      'The other nodes have too little free capacity for the rooms of this node. Add capacity, wait, or force the drain.',
  },
  site_not_found: { status: 404, title: 'No such site', detail: 'There is no site with this name.' },
  impossible_report: {
    status: 422,
    title: 'Impossible report',
    detail: 'The report contradicts itself and was not used. See "errors" for the fields.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    detail: 'Too many requests came from this address. Wait a moment and try again.',
    retryAfterSec: 5,
  },
  too_many_rooms: {
    status: 429,
    title: 'Too many meetings',
    detail:
      'Too many meetings were created from this network today, or this installation holds as many as it can. Use a link that exists, or ask its operator.',
  },
  no_node: {
    status: 503,
    title: 'No edge node is serving',
    detail: 'No edge node is ready for a meeting right now. Try again in a moment.',
    retryAfterSec: 2,
  },
  fleet_full: {
    status: 503,
    title: 'All nodes are full',
    detail: 'Every edge node is at its limit. Try again shortly.',
    retryAfterSec: 10,
  },
  node_full: {
    status: 503,
    title: 'The meeting is full',
    detail: 'The edge node of this meeting is at its limit. Try again shortly.',
    retryAfterSec: 5,
  },
  node_busy: {
    status: 503,
    title: 'Many people are joining',
    detail: 'Many people are joining this meeting at once. Try again in a second.',
    retryAfterSec: 1,
  },
  site_full: {
    status: 503,
    title: 'The site is full',
    detail: 'This meeting may only run at its own site, which is at its limit. Try again shortly.',
    retryAfterSec: 10,
  },
  store_recovering: {
    status: 503,
    title: 'Briefly recovering',
    detail: 'After a fault, the control plane is finding out where meetings run. Try again in a moment.',
    retryAfterSec: 2,
  },
  store_unavailable: {
    status: 503,
    title: 'Briefly unavailable',
    detail: 'The control plane cannot reach its store. Meetings go on; try again in a moment.',
    retryAfterSec: 1,
  },
  stopping: {
    status: 503,
    title: 'Replica is stopping',
    detail: 'This replica is stopping. Try again; another replica answers.',
    retryAfterSec: 1,
  },
  internal: {
    status: 500,
    title: 'Internal fault',
    detail: 'Something went wrong on our side. It has been logged under the request id.',
  },
} as const satisfies Record<string, ProblemText>

export type ProblemCode = keyof typeof PROBLEMS

export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[]
