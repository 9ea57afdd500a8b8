import type { FastifyRequest } from 'fastify'
import { sendProblem } from './problem.ts'
import type { App } from './route.ts'

const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses requests that change something and come from a page of another site. Browsers say so themselves; API clients
 * send neither header. The pages of an offline branch reach this server through the branch’s own listener, under another
 * name: for a browser that is the same site as the page.
 */
export function refuseOtherSites(app: App, publicUrl: string): void {
  const own = new URL(publicUrl).origin
  app.addHook('onRequest', async (request, reply) =>
    READING.has(request.method) || isOwnSite(request, own)
      ? undefined
      : sendProblem(reply, 'cross_site_refused'),
  )
}

function isOwnSite({ headers }: FastifyRequest, own: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  return headers.origin === undefined || headers.origin === own
}
