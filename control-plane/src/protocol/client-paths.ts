/** Pages of the single-page client and their addresses, as Fastify writes them. Each is answered with the same index.html. */
export const CLIENT_PATHS = { start: '/', meeting: '/m/:room', operations: '/ops' } as const

/** A meeting's address under `origin`, as in join links. `code`: formatted for people. */
export const joinUrlOf = (origin: string, code: string): string =>
  origin + CLIENT_PATHS.meeting.replace(':room', code)

/** The same for hosts. The key is in the fragment, which browsers do not send: no access log ever contains it. */
export const hostUrlOf = (joinUrl: string, hostKey: string): string => `${joinUrl}#host=${hostKey}`
