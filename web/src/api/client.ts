import type {
  CreatedRoom,
  CreateRoom,
  FleetView,
  JoinAnswer,
  JoinRoom,
  NodePage,
  Problem,
  RejoinRoom,
  RoomView,
  SignIn,
  SiteSettings,
  SiteView,
} from '@levee/control-plane/contract'
import type { ProblemCode } from '@levee/control-plane/protocol/problems/problem-table'
import { REJOIN_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from '../tuning.ts'
import { findProof } from './find-proof.ts'

/**
 * Why a request to the control plane failed.
 * `unreachable`: there was no answer. `unexpected`: the answer did not come from Levee but, for example, from a proxy.
 */
export type RefusalCode = ProblemCode | 'unreachable' | 'unexpected'
/** `field` is a JSON pointer into the request body. `message` is for logs: the client shows its own. */
export type FieldError = NonNullable<Problem['errors']>[number]
export type Refusal = {
  code: RefusalCode
  retryAfterSec?: number
  requestId?: string
  status?: number
  errors?: readonly FieldError[]
  /** Numbers for the message about this refusal. */
  numbers?: Pick<Problem, 'needTracks' | 'freeTracks'>
  /** With proof_of_work_required. */
  challenge?: string
}
export type Answer<T> = { ok: true; value: T } | { ok: false; refusal: Refusal }

type RequestOptions = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  body?: unknown
  bearer?: string
  signal?: AbortSignal
  timeoutMs?: number
}

async function request<T>(
  path: string,
  { method = 'GET', body, bearer, signal, timeoutMs = REQUEST_TIMEOUT_MS }: RequestOptions = {},
): Promise<Answer<T>> {
  const headers = new Headers({ accept: 'application/json, application/problem+json' })
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (bearer !== undefined) headers.set('authorization', `Bearer ${bearer}`)
  const timeout = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(path, {
      method,
      headers,
      cache: 'no-store',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    if (response.ok) return { ok: true, value: (await readJson(response)) as T }
    return { ok: false, refusal: await readRefusal(response) }
  } catch {
    return { ok: false, refusal: { code: 'unreachable' } }
  }
}

async function readJson(response: Response): Promise<unknown> {
  return response.status === 204 ? undefined : response.json()
}

async function readRefusal(response: Response): Promise<Refusal> {
  const seconds = Number(response.headers.get('retry-after'))
  const header = Number.isFinite(seconds) && seconds > 0 ? { retryAfterSec: seconds } : {}
  if (!response.headers.get('content-type')?.includes('problem+json')) {
    return { code: 'unexpected', status: response.status, ...header }
  }
  const problem = (await response.json()) as Problem
  return {
    code: problem.code,
    status: problem.status,
    requestId: problem.requestId,
    ...(problem.errors && { errors: problem.errors }),
    ...(problem.needTracks !== undefined && {
      numbers: { needTracks: problem.needTracks, freeTracks: problem.freeTracks ?? 0 },
    }),
    ...(problem.challenge !== undefined && { challenge: problem.challenge }),
    ...(problem.retryAfterSec === undefined ? header : { retryAfterSec: problem.retryAfterSec }),
  }
}

const roomPath = (room: string) => `/v1/rooms/${encodeURIComponent(room)}`

export const createRoom = (body: CreateRoom) => request<CreatedRoom>('/v1/rooms', { method: 'POST', body })

export const viewRoom = (room: string, signal?: AbortSignal) =>
  request<RoomView>(roomPath(room), signal ? { signal } : {})

export const joinRoom = (room: string, body: JoinRoom) =>
  request<JoinAnswer>(`${roomPath(room)}/join`, { method: 'POST', body })

/** Where the meeting runs now. `lost`: the epoch whose connection broke, so that the control plane checks its node. */
export const rejoinRoom = (room: string, ticket: string, lost?: number) =>
  request<JoinAnswer>(`${roomPath(room)}/rejoin`, {
    method: 'POST',
    body: { ticket, ...(lost === undefined ? {} : { lost }) } satisfies RejoinRoom,
    timeoutMs: REJOIN_TIMEOUT_MS,
  })

export const endRoom = (room: string, hostKey: string) =>
  request<void>(roomPath(room), { method: 'DELETE', bearer: hostKey })

export const viewFleet = () => request<FleetView>('/v1/fleet')
export const viewSites = () => request<SiteView[]>('/v1/sites')

/** A page of the nodes of a site; `after`: the `next` of the page before. */
export const viewNodes = (site: string, after?: string) =>
  request<NodePage>(`/v1/nodes?${new URLSearchParams({ site, ...(after === undefined ? {} : { after }) })}`)

export const setSite = (site: string, settings: SiteSettings) =>
  request<void>(`/v1/sites/${encodeURIComponent(site)}`, { method: 'PUT', body: settings })

const restartPath = (site: string) => `/v1/sites/${encodeURIComponent(site)}/restart`
/** Restarts the nodes of a site one by one, or continues a restart that is stuck. */
export const restartSite = (site: string) => request<void>(restartPath(site), { method: 'POST' })
export const stopRestart = (site: string) => request<void>(restartPath(site), { method: 'DELETE' })

export type NodeVerb = 'cordon' | 'uncordon' | 'drain' | 'remove'
/** How a node is drained; `force`: even if its rooms do not fit elsewhere. */
export type DrainOptions = { force?: boolean }
export const commandNode = (node: string, verb: NodeVerb, drain?: DrainOptions) => {
  const path = `/v1/nodes/${encodeURIComponent(node)}`
  if (verb === 'remove') return request<void>(path, { method: 'DELETE' })
  return request<void>(`${path}/${verb}`, { method: 'POST', body: drain })
}

/** After many wrong attempts from this network a sign-in needs a proof of work, which takes a second or a few. */
export async function signIn(key: string): Promise<Answer<void>> {
  const send = (body: SignIn) => request<void>('/v1/operator/session', { method: 'POST', body })
  const answer = await send({ key })
  const challenge = answer.ok ? undefined : answer.refusal.challenge
  if (challenge === undefined) return answer
  return send({ key, proof: { challenge, nonce: await findProof(challenge, key) } })
}
export const signOut = () => request<void>('/v1/operator/session', { method: 'DELETE' })
