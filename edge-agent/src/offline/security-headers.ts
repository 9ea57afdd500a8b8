import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import helmet from 'helmet'

type Headers = Record<string, string>

const PERMISSIONS =
  'camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), fullscreen=(self), geolocation=(), payment=(), usb=()'

/**
 * The same policy as the control plane’s. `connect`: the nodes that the client may signal to. This one, and those where a
 * meeting may be moved to while the page stays open.
 */
export function localHeaders(options: { connect: readonly string[]; https: boolean }): {
  page: Headers
  api: Headers
} {
  const { connect, https } = options
  return {
    page: {
      ...headersOf(https, {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'font-src': ["'self'"],
        'img-src': ["'self'", 'data:', 'blob:'],
        'media-src': ["'self'", 'blob:', 'mediastream:'],
        'worker-src': ["'self'", 'blob:'],
        'manifest-src': ["'self'"],
        'connect-src': ["'self'", ...connect],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'self'"],
      }),
      'permissions-policy': PERMISSIONS,
    },
    api: headersOf(https, { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] }),
  }
}

/** ws://host and what a round-trip measurement asks there. */
export const sourcesOf = (nodeUrl: string): string[] => {
  const { protocol, host } = new URL(nodeUrl)
  return protocol === 'wss:' ? [`wss://${host}`, `https://${host}`] : [`ws://${host}`, `http://${host}`]
}

function headersOf(https: boolean, directives: Record<string, string[]>): Headers {
  const request = new IncomingMessage(new Socket())
  const response = new ServerResponse(request)
  helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginEmbedderPolicy: false,
    xFrameOptions: { action: 'sameorigin' },
  })(request, response, (error?: unknown) => {
    if (error) throw error instanceof Error ? error : new Error('helmet refused its options')
  })
  return Object.fromEntries(
    Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]),
  )
}
