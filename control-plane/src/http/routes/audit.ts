import { AuditPage, AuditQuery } from '../../contract/index.ts'
import { DEFAULT_PAGE_AUDIT } from '../../tuning/http.ts'
import { viewAudit, type AuditDeps } from '../../use-cases/operators/audit.ts'
import type { RouteAccesses } from '../access.ts'
import { PROBLEM_RESPONSES, type App } from '../route.ts'

export function auditRoutes(app: App, deps: AuditDeps, { operator }: RouteAccesses): void {
  app.get(
    '/audit',
    {
      ...operator,
      schema: {
        tags: ['operator'],
        operationId: 'listAudit',
        summary: 'What operators and hosts have done, page by page',
        querystring: AuditQuery,
        response: { 200: AuditPage, ...PROBLEM_RESPONSES },
      },
    },
    async ({ query: { before, limit } }) => {
      const page = await viewAudit(deps, {
        before,
        limit: limit === undefined ? DEFAULT_PAGE_AUDIT : Number(limit),
      })
      return {
        entries: page.entries.map(({ atMs, ...entry }) => ({ ...entry, at: new Date(atMs).toISOString() })),
        next: page.next,
      }
    },
  )
}
