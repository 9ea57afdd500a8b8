import { createClient } from 'redis'
import { backoffMs } from '../../protocol/backoff.ts'
import { REDIS_COMMAND_TIMEOUT_MS, REDIS_RECONNECT } from '../../tuning/redis.ts'
import type { Address, Login } from './redis-url.ts'

export type ClientOptions = { tls: boolean; login: Login; db: number }

/** A client of the library that queues nothing and sets no timers of its own. */
export function createRedisClient({ host, port }: Address, { tls, login, db }: ClientOptions) {
  const socket = {
    host,
    port,
    connectTimeout: REDIS_COMMAND_TIMEOUT_MS,
    // No socketTimeout: it starts again with every write, so under load it never ends a connection to a hung Redis.
    reconnectStrategy: (failures: number) => backoffMs(failures + 1, REDIS_RECONNECT, Math.random),
    noDelay: true,
    keepAlive: true,
  }
  return createClient({
    ...(login.username ? { username: login.username } : {}),
    ...(login.password ? { password: login.password } : {}),
    database: db,
    // A command that cannot be sent now fails at once, because a client is waiting for the answer.
    disableOfflineQueue: true,
    // The deadlines limit each command; the library's own timer costs an AbortSignal for each.
    commandOptions: { timeout: 0 },
    maintNotifications: 'disabled' as const,
    socket: tls ? { ...socket, tls: true as const } : socket,
  })
}
