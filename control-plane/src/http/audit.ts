import type { FastifyRequest } from 'fastify'
import { roomIdOf } from '../protocol/room-id.ts'
import { parseRoomCode } from '../protocol/room-names.ts'
import { recordAct, type AuditDeps } from '../use-cases/operators/audit.ts'
import type { App } from './route.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route does, for the audit stream: `node.drain`. Every operator route that changes something has one. */
    act?: string
  }
}

/**
 * Writes every act of an operator or a host to the audit stream before the answer is sent, also one that was refused.
 * Attempts without a right credential are log lines: in the stream they would push out the acts.
 */
export function installAudit(app: App, deps: AuditDeps): void {
  app.decorateRequest('actor', null)
  app.addHook('onRoute', ({ url, method, config }) => {
    if (config?.access === 'operator' && method !== 'GET' && method !== 'HEAD' && !config.act)
      throw new Error(`${String(method)} ${url} changes something and has no name for the audit stream`)
  })
  app.addHook('onSend', async (request, reply) => {
    const { act, access } = request.routeOptions.config
    const { actor } = request
    if (act === undefined || actor === null) return
    const entry = {
      act,
      actor: actor.kind,
      who: actor.who,
      address: request.ip,
      target: targetOf(request),
      result: reply.problemCode ?? 'done',
      // Bodies of other routes may hold a key or a name.
      details: access === 'operator' && reply.problemCode !== 'invalid_request' ? request.body : undefined,
    }
    request.log.info({ ...entry, details: undefined }, 'act')
    try {
      await recordAct(deps, entry)
    } catch (error) {
      // What was done stays done: the log has the entry.
      request.log.error({ err: error, act, target: entry.target }, 'an act is missing in the audit stream')
    }
  })
}

/** What the path names. A room by its id: the code in the path is a secret. */
function targetOf({ params }: FastifyRequest): string {
  const { node, site, tenant, room } = params as Record<string, string | undefined>
  const code = room === undefined ? null : parseRoomCode(room)
  return node ?? site ?? tenant ?? (code ? roomIdOf(code) : '')
}
