/** Addresses of the single-page client, as Fastify writes them. Each is answered with the same index.html. */
export const CLIENT_PATHS = { start: '/', meeting: '/m/:room', operations: '/ops' } as const

/** Address of a meeting under `origin`, as it stands in join links. `code`: formatted for people. */
export const joinUrlOf = (origin: string, code: string): string => `${origin}/m/${code}`

/** The same for hosts. The key is in the fragment, which browsers do not send: no access log ever contains it. */
export const hostUrlOf = (joinUrl: string, hostKey: string): string => `${joinUrl}#host=${hostKey}`
