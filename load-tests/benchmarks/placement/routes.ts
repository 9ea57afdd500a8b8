// The routes that the placement benchmark loads through HTTP, and what it measures of each.
import type { Throughput } from '../join-http/autocannon.ts'

export const ROUTES = ['bare', 'trivial', 'placed', 'fresh'] as const
export type Route = (typeof ROUTES)[number]

/** CPU of each part per answer, in µs. */
export interface CpuMicros {
  replica: number
  redis: number
  generator: number
}

export type Measured = Throughput & { cpu: CpuMicros }

export interface JoinsByFleetSize {
  nodes: number
  byCallers: ({ callers: number } & Record<Route, Measured>)[]
  /** Under Node's own HTTP client, in answers per second. */
  nodeClient: { bare: number; placed: number }
}
