/** Pages of the single-page client and their addresses, as Fastify writes them. Each is answered with the same index.html. */
export const CLIENT_PATHS = { start: '/', meeting: '/m/:room', operations: '/ops' } as const

/** A meeting's address under `origin`, as in join links. `code`: formatted for people. */
export const joinUrlOf = (origin: string, code: string): string =>
  origin + CLIENT_PATHS.meeting.replace(':room', code)

/** The same for hosts. The key is in the fragment, which browsers do not send: no access log ever contains it. */
export const hostUrlOf = (joinUrl: string, hostKey: string): string => `${joinUrl}#host=${hostKey}`

/**
 * Whether a browser asks for a page, and not a program for an API response or the page for one of its files. An unknown
 * path is then answered by the client's page, with 404.
 */
export const asksForPage = (request: {
  method: string
  url: string
  headers: { accept?: string | undefined }
}): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  !request.url.startsWith('/v1/') &&
  (request.headers.accept?.includes('text/html') ?? false)

/** Options of `sendFile` for the client's page with 404: no answer may come from a cache, or in parts. */
export const UNCACHED_FILE = { etag: false, lastModified: false, acceptRanges: false } as const
