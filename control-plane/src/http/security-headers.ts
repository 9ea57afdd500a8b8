import type { FastifyBaseLogger } from 'fastify'
import { nodeSources, securityHeaders, ownDomainSources } from '../protocol/security-headers.ts'
import { CONNECT_SOURCES_MAX_BYTES } from '../tuning/http.ts'
import type { App } from './route.ts'

/** What pages may connect to when the nodes are too many for a header. */
const ANY_NODE = ['wss:', 'https:'] as const

/**
 * Headers of pages and of API responses, which nothing may store, by URL. `connect`: sources of nodes, the same array until
 * they change. `https`: whether browsers reach this server by https.
 */
export function securityHeadersByUrl(options: {
  connect: () => readonly string[]
  https: boolean
}): (url: string) => Record<string, string> {
  const { https } = options
  let connect = options.connect()
  let { page, api } = securityHeaders({ connect, https })
  const unstored = { ...api, 'cache-control': 'no-store' }
  return (url) => {
    if (url.startsWith('/v1/')) return unstored
    const now = options.connect()
    if (now !== connect) {
      connect = now
      page = securityHeaders({ connect, https }).page
    }
    return page
  }
}

/**
 * The sources that an administrator has set, else the organisation’s own domain and the origins of the enrolled
 * nodes. If they do not fit into a header, any
 * TLS address is allowed, with a warning.
 */
export function createConnectSources(deps: {
  cspConnect: readonly string[] | undefined
  directory: { nodeUrls: () => readonly string[] | undefined }
  publicUrl: string
  log: FastifyBaseLogger
}): () => readonly string[] {
  const { cspConnect, directory, publicUrl, log } = deps
  if (cspConnect) return () => cspConnect
  const own = ownDomainSources(publicUrl)
  let urls: readonly string[] | undefined = []
  let sources: readonly string[] = own
  return () => {
    const now = directory.nodeUrls()
    if (now === urls) return sources
    urls = now
    const all = now && [...new Set([...own, ...now.flatMap(nodeSources)])]
    const fits = all !== undefined && all.join(' ').length <= CONNECT_SOURCES_MAX_BYTES
    if (!fits && sources !== ANY_NODE)
      log.warn('too many nodes for a header: pages may connect to any TLS address; set LEVEE_CSP_CONNECT')
    sources = fits ? all : ANY_NODE
    return sources
  }
}

export function installSecurityHeaders(app: App, headersOf: (url: string) => Record<string, string>): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headersOf(request.url))
    done()
  })
}
