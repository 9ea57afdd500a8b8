import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import helmet from 'helmet'
import { STRICT_TRANSPORT_SEC } from './limits.ts'

export type Headers = Record<string, string>

const PERMISSIONS =
  'camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), fullscreen=(self), geolocation=(), payment=(), usb=()'

/** Headers that matter for pages only. API responses leave them out: each one costs time on every join. */
const WITHOUT_PAGE_HEADERS = {
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xFrameOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
} as const

/** As a source of a content security policy: it has no IPv6 addresses, and nothing may end the directive. */
const HOST = /^[a-z0-9.-]+(:\d+)?$/

/** Sources of a node: ws(s)://host for signalling, http(s)://host for round trips. None if its URL does not fit in a policy. */
export function nodeSources(nodeUrl: string): string[] {
  if (!URL.canParse(nodeUrl)) return []
  const { protocol, host } = new URL(nodeUrl)
  if (!HOST.test(host)) return []
  if (protocol === 'wss:' || protocol === 'https:') return [`wss://${host}`, `https://${host}`]
  return protocol === 'ws:' || protocol === 'http:' ? [`ws://${host}`, `http://${host}`] : []
}

/**
 * Sources for every node in the organisation's own domain, also for one that enrols while a page is open: the parent of
 * the host of `publicUrl`, of two labels at the least; on one machine, any port of it. None where the host is an address
 * or has no parent.
 */
export function ownDomainSources(publicUrl: string): string[] {
  const { hostname, protocol } = new URL(publicUrl)
  const schemes = protocol === 'https:' ? ['wss', 'https'] : ['ws', 'http', 'wss', 'https']
  if (hostname === 'localhost' || hostname === '127.0.0.1')
    return schemes.flatMap((scheme) => [`${scheme}://localhost:*`, `${scheme}://127.0.0.1:*`])
  const [, ...parent] = hostname.split('.')
  if (parent.length < 2 || /^[\d.]+$/.test(hostname) || hostname.includes(':')) return []
  return schemes.map((scheme) => `${scheme}://*.${parent.join('.')}:*`)
}

/**
 * The security headers of everything that serves the client: the control plane and the listener of a branch's agent.
 * The page loads nothing from another origin, connects only to edge nodes, and runs no text as script (trusted types).
 * `connect`: sources of these nodes for connect-src. `https`: whether browsers reach this server by https.
 * An API response is not a page and may load nothing.
 */
export function securityHeaders(options: { connect: readonly string[]; https: boolean }): {
  page: Headers
  api: Headers
} {
  const { connect, https } = options
  const page = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'font-src': ["'self'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'media-src': ["'self'", 'blob:', 'mediastream:'],
    'worker-src': ["'self'", 'blob:'],
    'manifest-src': ["'self'"],
    'connect-src': ["'self'", ...connect],
    'require-trusted-types-for': ["'script'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'self'"],
  }
  const api = { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] }
  return {
    page: {
      ...headersOf(https, page, { xFrameOptions: { action: 'sameorigin' } }),
      'permissions-policy': PERMISSIONS,
    },
    api: headersOf(https, api, WITHOUT_PAGE_HEADERS),
  }
}

/** The policy never changes, so helmet works it out once and not on each request: that was 6 % of a join. */
function headersOf(
  https: boolean,
  directives: Record<string, string[]>,
  more: typeof WITHOUT_PAGE_HEADERS | { xFrameOptions: { action: 'sameorigin' } },
): Headers {
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: https ? { maxAge: STRICT_TRANSPORT_SEC, includeSubDomains: false } : false,
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
