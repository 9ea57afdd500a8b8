// The ports of `npm start`: each must be free, or the message says what uses it.
import { UserError } from '../../setup/user-error.mjs'
import { until } from '../until.ts'
import { isTcpFree, isUdpFree } from './free-ports.ts'
import { portOwner } from './port-owner.ts'
import { PORT_PATIENCE_MS, PROPOSED_PORT_OFFSET } from '../../setup/tuning.mjs'

export interface WantedPort {
  port: number
  kind: 'tcp' | 'udp'
  /** What will listen there, for the message. */
  use: string
  /** Environment variable that chooses another port. */
  variable: string
}

/**
 * Throws a UserError that names the process on the port. Waits first, because a process that was just killed frees its
 * ports within a second or two.
 */
export async function requirePorts(
  wanted: readonly WantedPort[],
  patienceMs = PORT_PATIENCE_MS,
): Promise<void> {
  const isFree = ({ kind, port }: WantedPort) => (kind === 'tcp' ? isTcpFree(port) : isUdpFree(port))
  for (const want of wanted) {
    const free = await until(() => isFree(want), {
      what: `port ${want.port}`,
      timeoutMs: patienceMs,
      everyMs: 100,
    }).catch(() => false)
    if (free) continue
    const owner = portOwner(want.port)
    const another = want.port + PROPOSED_PORT_OFFSET
    throw new UserError(
      `Port ${want.port} (${want.use}) is in use${owner ? ` by ${owner}` : ''}: stop that, or choose another with ${want.variable}=${another} npm start`,
    )
  }
}
