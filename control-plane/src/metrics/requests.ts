import { Counter, Histogram } from 'prom-client'
import type { Registry } from 'prom-client'
import { PROBLEM_CODES, type ProblemCode } from '../protocol/problems/problem-table.ts'

/** Requests of clients and agents, and their responses. */
export function requestMetrics(registry: Registry) {
  const seconds = new Histogram({
    name: 'levee_http_request_duration_seconds',
    help: 'Time to answer an HTTP request, by route, method and status class.',
    labelNames: ['route', 'method', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  })
  const joins = new Counter({
    name: 'levee_joins_total',
    help: 'Joins and rejoins by answer: joined, or the code of the refusal.',
    labelNames: ['answer'] as const,
    registers: [registry],
  })
  const problems = new Counter({
    name: 'levee_problems_total',
    help: 'Refusals and faults answered, by code.',
    labelNames: ['code'] as const,
    registers: [registry],
  })
  // A series that is absent until its first fault hides that fault from rate().
  for (const code of PROBLEM_CODES) problems.inc({ code }, 0)
  joins.inc({ answer: 'joined' }, 0)

  return {
    observeRequest: (route: string, method: string, status: number, elapsedSec: number) =>
      seconds.observe({ route, method, status: `${Math.floor(status / 100)}xx` }, elapsedSec),
    countJoin: (answer: 'joined' | ProblemCode) => joins.inc({ answer }),
    countProblem: (code: ProblemCode) => problems.inc({ code }),
  }
}
