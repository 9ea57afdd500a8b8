import type { Directive, Enrolled, EnrolNode, NodeReport, OfflineRooms } from '@levee/control-plane/contract'
import { nodeCredential } from '@levee/control-plane/protocol/node-credential'
import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
import { CONTROL_PLANE_TIMEOUT_MS } from '../tuning/reporting.ts'
import {
  isTooOld,
  mismatchOf,
  parseDirective,
  parseEnrolled,
  parseProblem,
  type Mismatch,
} from './parse-answer.ts'

/**
 * How a call ended. `refused`: the control plane refused it (4xx). `unavailable`: it answered but cannot serve now (5xx,
 * 429, or an answer that is not one of a control plane). `incompatible`: one side has to be updated. `unreachable`: no
 * answer. `superseded`: the agent aborted it.
 */
export type Outcome<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'refused'; status: number; code: string; detail: string }
  | { kind: 'unavailable'; status: number; detail: string }
  | { kind: 'incompatible'; mismatch: Mismatch; detail: string }
  | { kind: 'unreachable'; detail: string }
  | { kind: 'superseded' }

export type Failure = Exclude<Outcome<never>, { kind: 'ok' }>

const TOO_OLD = {
  kind: 'incompatible',
  mismatch: 'control_plane_too_old',
  detail: `The control plane is too old for this edge agent (protocol version ${PROTOCOL_VERSION}). Update the control plane.`,
} as const satisfies Outcome<never>

export type ControlPlane = {
  enrol(node: EnrolNode, signal: AbortSignal): Promise<Outcome<Enrolled>>
  report(report: NodeReport, signal: AbortSignal): Promise<Outcome<Directive>>
}

export type OfflineRoomsApi = {
  /** Hands over rooms that were started on this node while it was offline. */
  sendOfflineRooms(rooms: OfflineRooms, signal: AbortSignal): Promise<Outcome<true>>
}

/** Calls the control plane over kept-alive HTTP. Never rejects, and never follows a redirect with a key. */
export function controlPlaneClient(options: {
  url: URL
  node: string
  enrolmentKey: string
  nodeSecret: string
}): ControlPlane & OfflineRoomsApi {
  const { url, node, enrolmentKey, nodeSecret } = options
  const pathOf = (action: string) => new URL(`v1/nodes/${node}/${action}`, url)
  /** From the last enrolment. */
  let seal = ''
  const credential = () => nodeCredential(nodeSecret, seal)
  return {
    async enrol(body, signal) {
      const path = new URL('v1/nodes/enrol', url)
      const outcome = await post(path, enrolmentKey, body, signal, versioned(parseEnrolled))
      if (outcome.kind === 'ok') ({ seal } = outcome.value)
      return outcome
    },
    report: (body, signal) => post(pathOf('report'), credential(), body, signal, versioned(parseDirective)),
    sendOfflineRooms: (body, signal) =>
      post(pathOf('offline-rooms'), credential(), body, signal, () => ({ kind: 'ok', value: true })),
  }
}

/** undefined: the answer is not one of a control plane. */
type Parse<T> = (answer: unknown) => Outcome<T> | undefined

/** `parse` for answers that state the protocol version. */
const versioned =
  <T>(parse: (answer: unknown) => T | undefined): Parse<T> =>
  (answer) => {
    if (isTooOld(answer, parse)) return TOO_OLD
    const value = parse(answer)
    return value === undefined ? undefined : { kind: 'ok', value }
  }

async function post<T>(
  url: URL,
  key: string,
  body: object,
  signal: AbortSignal,
  parse: Parse<T>,
): Promise<Outcome<T>> {
  let response: Response
  let answer: unknown
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(CONTROL_PLANE_TIMEOUT_MS)]),
    })
    answer = parseJson(await response.text())
  } catch (error) {
    return signal.aborted ? { kind: 'superseded' } : { kind: 'unreachable', detail: reasonOf(error) }
  }
  const { status } = response
  if (response.ok) {
    const detail = 'the answer is not one of a control plane'
    return parse(answer) ?? { kind: 'unavailable', status, detail }
  }
  const problem = parseProblem(answer)
  const mismatch = problem && mismatchOf(problem.code)
  if (mismatch) return { kind: 'incompatible', mismatch, detail: problem.detail }
  if (status >= 400 && status < 500 && status !== 429 && status !== 408 && problem)
    return { kind: 'refused', status, ...problem }
  return { kind: 'unavailable', status, detail: problem?.detail ?? `it answered ${status}` }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Why there was no answer: the system's error code where there is one, never the request. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  if (error.name === 'TimeoutError') return `no answer within ${CONTROL_PLANE_TIMEOUT_MS} ms`
  const cause = error.cause
  if (cause instanceof Error)
    return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
  return error.message
}
