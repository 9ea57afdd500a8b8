import type { Deadlines } from './deadlines.ts'
import { openLink } from './link.ts'
import type { RedisUrl } from './redis-url.ts'
import type { Topology } from './topology.ts'
import { isNoScript } from './topology.ts'

/** One Redis. */
export function openSingle(
  { nodes: [address], ...options }: Extract<RedisUrl, { kind: 'single' }>,
  deadlines: Deadlines,
): Topology {
  const link = openLink(address, { ...options, deadlines })
  return {
    run: (script, root, args) =>
      link.call(['EVALSHA', script.sha, '1', root, ...args], async (error) => {
        if (!isNoScript(error)) throw error
        return link.send(['EVAL', script.source, '1', root, ...args])
      }),
    processOf: () => link.process,
    async ping() {
      await link.call(['PING'])
    },
    health: () => link.health,
    beat: () => link.beat(),
    destroy: () => link.destroy(),
  }
}
