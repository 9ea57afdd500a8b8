import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import helmet from 'helmet'
import type { App } from './app.ts'
import type { HttpDeps } from './deps.ts'

const PERMISSIONS =
  'camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), fullscreen=(self), geolocation=(), payment=(), usb=()'

type Headers = Record<string, string>

/**
 * One policy for every page. Nothing comes from another origin; only signalling goes to one: the edge nodes, whose
 * addresses are not known when the page is served. An answer of the API is no page and may load nothing at all.
 */
export function installSecurityHeaders(app: App, deps: HttpDeps): void {
  const page = { ...headersOf(deps, PAGE_POLICY(deps), FRAMES), 'permissions-policy': PERMISSIONS }
  // What only tells a browser how to treat a page is left out: each header is paid for at each join.
  const api = headersOf(deps, { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] }, PAGES_ONLY_OFF)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.url.startsWith('/v1/') ? api : page)
    done()
  })
}

const PAGES_ONLY_OFF = {
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const
const FRAMES = { xFrameOptions: { action: 'sameorigin' } } as const

const PAGE_POLICY = (deps: HttpDeps) => ({
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'font-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'media-src': ["'self'", 'blob:', 'mediastream:'],
  'worker-src': ["'self'", 'blob:'],
  'manifest-src': ["'self'"],
  'connect-src': ["'self'", ...deps.cspConnect],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'self'"],
})

/** The policy never changes, so helmet works it out once and not at each request: that was 6 % of a join. */
function headersOf(
  deps: HttpDeps,
  directives: Record<string, string[]>,
  more: typeof FRAMES | typeof PAGES_ONLY_OFF,
): Headers {
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: deps.secureCookies ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginEmbedderPolicy: false,
    ...more,
  })(request, response, (error?: unknown) => {
    if (error) throw error instanceof Error ? error : new Error('helmet refused its options')
  })
  return Object.fromEntries(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  )
}
