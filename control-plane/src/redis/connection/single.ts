import { openConnection } from './connection.ts'
import type { Deadlines } from './deadlines.ts'
import { isNoScript } from './errors.ts'
import type { RedisUrl } from './redis-url.ts'
import type { Topology } from './topology.ts'

/** One Redis. */
export function openSingle(
  { nodes: [address], ...options }: Extract<RedisUrl, { kind: 'single' }>,
  deadlines: Deadlines,
): Topology {
  const connection = openConnection(address, { ...options, deadlines })
  return {
    run: (script, shardPrefix, args) =>
      connection.call(['EVALSHA', script.sha, '1', shardPrefix, ...args], async (error) => {
        if (!isNoScript(error)) throw error
        return connection.send(['EVAL', script.source, '1', shardPrefix, ...args])
      }),
    processIdOf: () => connection.processId,
    async ping() {
      await connection.call(['PING'])
    },
    health: () => connection.health,
    beat: () => connection.beat(),
    destroy: () => connection.destroy(),
  }
}
