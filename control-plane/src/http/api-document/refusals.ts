import { PROBLEMS, type ProblemCode } from '../../protocol/problems/problem-table.ts'
import type { Access } from '../route.ts'

/** What decides how a route can refuse. */
export type RouteFacts = {
  method: string
  access: Access
  hasBody: boolean
  hasParams: boolean
  hasQuery: boolean
  /** Codes that only this route has. */
  refuses: readonly ProblemCode[]
}

const BY_ACCESS: Record<Access, readonly ProblemCode[]> = {
  anyone: ['rate_limited'],
  operator: ['operator_required', 'rate_limited'],
  node: ['node_unauthorized', 'rate_limited'],
  enrolment: ['enrolment_refused', 'rate_limited'],
  metrics: ['metrics_key_required', 'rate_limited'],
}

const FAULTS: readonly ProblemCode[] = ['internal', 'store_unavailable']

/** Codes of the problems that a route can answer with, in the order of the table. */
export function refusalsOf({ method, access, refuses, ...has }: RouteFacts): ProblemCode[] {
  const codes = new Set<ProblemCode>([...BY_ACCESS[access], ...refuses, ...FAULTS])
  const add = (...more: ProblemCode[]) => more.forEach((code) => codes.add(code))
  if (method !== 'GET') add('cross_site_refused')
  if (has.hasParams) add('not_found')
  if (has.hasQuery || has.hasBody) add('invalid_request')
  // A body can come with any method but GET and HEAD, and is parsed even if the route has no use for it.
  if (method !== 'GET') add('malformed_request', 'payload_too_large', 'unsupported_media_type')
  return (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => codes.has(code))
}
