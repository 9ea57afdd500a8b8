import type { IncomingMessage } from 'node:http'

export type Headers = Record<string, string | string[]>

/** Headers of a single connection (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** All headers with all their values, except those of the connection. */
export function endToEndHeaders(message: IncomingMessage): Headers {
  const named = (message.headers.connection ?? '').toLowerCase().split(/\s*,\s*/)
  const headers: Headers = {}
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (!values || HOP_BY_HOP.has(name) || named.includes(name)) continue
    const [only] = values
    headers[name] = values.length === 1 && only !== undefined ? only : values
  }
  return headers
}

/** Headers for the control plane at `upstream`. `proto` and `host`: as the browser sees them. */
export function upstreamHeaders(
  from: IncomingMessage,
  { proto, host, upstream }: { proto: string; host: string; upstream: string },
): Headers {
  const headers = endToEndHeaders(from)
  // Answered by our own server.
  delete headers['expect']
  headers['host'] = upstream
  const peer = from.socket.remoteAddress?.replace(/^::ffff:/, '') ?? 'unknown'
  headers['x-forwarded-for'] = [...(from.headersDistinct['x-forwarded-for'] ?? []), peer].join(', ')
  headers['x-forwarded-proto'] = proto
  headers['x-forwarded-host'] = host
  return headers
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
