import type {
  Directive,
  Enrolled,
  EnrolNode,
  OfflineRooms,
  NodeReport,
  Problem,
} from '@levee/control-plane/contract'
import { CONTROL_PLANE_TIMEOUT_MS, REPORT_EVERY_RANGE_MS } from '../tuning/agent.ts'

/**
 * How a call ended. `refused`: the control plane said no (4xx). `unavailable`: it answered but cannot serve now
 * (5xx, 429, or an answer that is none of ours). `unreachable`: no answer. `superseded`: we gave the call up.
 */
export type Outcome<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'refused'; status: number; code: string; detail: string }
  | { kind: 'unavailable'; status: number; detail: string }
  | { kind: 'unreachable'; detail: string }
  | { kind: 'superseded' }

export type ControlPlane = {
  enrol(node: EnrolNode, signal: AbortSignal): Promise<Outcome<Enrolled>>
  report(report: NodeReport, signal: AbortSignal): Promise<Outcome<Directive>>
}

export type Adopter = {
  /** Tells of rooms that were started here while the control plane could not be reached. */
  made(rooms: OfflineRooms, signal: AbortSignal): Promise<Outcome<true>>
}

/** Calls the control plane over kept-alive HTTP. Never rejects and never follows a redirect with a key in hand. */
export function controlPlane(options: {
  url: URL
  node: string
  enrolmentKey: string
  nodeSecret: string
}): ControlPlane & Adopter {
  const { url, node, enrolmentKey, nodeSecret } = options
  return {
    enrol: (body, signal) =>
      post(new URL('v1/nodes/enrol', url), enrolmentKey, JSON.stringify(body), signal, parseEnrolled),
    report: (body, signal) =>
      post(new URL(`v1/nodes/${node}/report`, url), nodeSecret, JSON.stringify(body), signal, parseDirective),
    made: (body, signal) =>
      post(
        new URL(`v1/nodes/${node}/offline-rooms`, url),
        nodeSecret,
        JSON.stringify(body),
        signal,
        () => true,
      ),
  }
}

async function post<T>(
  url: URL,
  key: string,
  body: string,
  signal: AbortSignal,
  parse: (answer: unknown) => T | undefined,
): Promise<Outcome<T>> {
  let response: Response
  let answer: unknown
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(CONTROL_PLANE_TIMEOUT_MS)]),
    })
    const text = await response.text()
    answer = parseJson(text)
  } catch (error) {
    return signal.aborted ? { kind: 'superseded' } : { kind: 'unreachable', detail: reason(error) }
  }
  const { status } = response
  if (response.ok) {
    const value = parse(answer)
    if (value !== undefined) return { kind: 'ok', value }
    return { kind: 'unavailable', status, detail: 'the answer is not one of a control plane' }
  }
  const problem = parseProblem(answer)
  if (status >= 400 && status < 500 && status !== 429 && status !== 408 && problem)
    return { kind: 'refused', status, ...problem }
  return { kind: 'unavailable', status, detail: problem?.detail ?? `it answered ${status}` }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Why there was no answer: the system's own word where there is one, never the request. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown fault'
  if (error.name === 'TimeoutError') return `no answer within ${CONTROL_PLANE_TIMEOUT_MS} ms`
  const cause = error.cause
  if (cause instanceof Error)
    return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
  return error.message
}

function period(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return Math.min(REPORT_EVERY_RANGE_MS.max, Math.max(REPORT_EVERY_RANGE_MS.min, value))
}

function parseEnrolled(answer: unknown): Enrolled | undefined {
  if (!isRecord(answer) || typeof answer['node'] !== 'string') return undefined
  const reportEveryMs = period(answer['reportEveryMs'])
  return reportEveryMs === undefined ? undefined : { node: answer['node'], reportEveryMs }
}

const STATES: readonly Directive['state'][] = ['serving', 'cordoned', 'draining']

/**
 * A control plane that does not say whether it wants all rooms is of before that question: it always does. One that
 * names no moved or changed rooms is of before those.
 */
export function parseDirective(answer: unknown): Directive | undefined {
  if (!isRecord(answer)) return undefined
  const state = STATES.find((s) => s === answer['state'])
  const reportEveryMs = period(answer['reportEveryMs'])
  const drop = names(answer['drop'])
  const moved = names(answer['moved'] ?? [])
  const changed = names(answer['changed'] ?? [])
  const offlineGrant = answer['offlineGrant']
  if (!state || reportEveryMs === undefined || !drop || !moved || !changed) return undefined
  return {
    state,
    reportEveryMs,
    drop,
    moved,
    changed,
    wholeRooms: answer['wholeRooms'] !== false,
    ...(answer['restart'] === true && { restart: true }),
    ...(typeof offlineGrant === 'string' && { offlineGrant }),
  }
}

const names = (value: unknown): string[] | undefined =>
  Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : undefined

function parseProblem(answer: unknown): (Pick<Problem, 'detail'> & { code: string }) | undefined {
  if (!isRecord(answer) || typeof answer['code'] !== 'string') return undefined
  const { detail } = answer
  return { code: answer['code'], detail: typeof detail === 'string' ? detail : '' }
}
