import { createClient } from 'redis'
import type { Logger } from 'pino'
import { REDIS_COMMAND_TIMEOUT_MS, REDIS_RECONNECT_MAX_MS } from '../limits.ts'

/** Redis did not answer: down, unreachable, hung, or still loading its data. Nothing is known of the command's effect. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable'
}

export type RedisClient = ReturnType<typeof open>

function open(url: string) {
  return createClient({
    url,
    // A command that cannot be sent now is refused at once, never kept for later: a person is waiting for the answer.
    disableOfflineQueue: true,
    pingInterval: 500,
    // withDeadline below bounds each command; the client's own timer costs an AbortSignal for each.
    commandOptions: { timeout: 0 },
    socket: {
      connectTimeout: REDIS_COMMAND_TIMEOUT_MS,
      // With a ping every 500 ms this much silence means a hung or vanished Redis: drop the socket and dial again.
      socketTimeout: 2 * REDIS_COMMAND_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(REDIS_RECONNECT_MAX_MS, 20 * 2 ** Math.min(retries, 5)),
      noDelay: true,
      keepAlive: true,
    },
  })
}

/** Connects in the background for ever; a replica starts, and says it is not ready, while Redis is away. */
export function connectRedis(url: string, log: Logger): RedisClient {
  const client = open(url)
  let down = false
  client.on('error', (error: Error) => {
    if (!down) log.warn({ reason: error.message || error.name }, 'redis is away')
    down = true
  })
  client.on('ready', () => {
    log.info(down ? 'redis is back' : 'redis is connected')
    down = false
  })
  client.connect().catch(() => {})
  return client
}

const LOADING = /^(LOADING|BUSY|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN)\b/

/** Runs one command with a deadline; every way in which Redis can be away becomes StoreUnavailable. */
export async function withDeadline<T>(run: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StoreUnavailable('redis did not answer in time')),
      REDIS_COMMAND_TIMEOUT_MS,
    )
  })
  try {
    return await Promise.race([run(), deadline])
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error
    if (error instanceof Error && isAway(error)) throw new StoreUnavailable(error.message, { cause: error })
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function isAway(error: Error): boolean {
  // An answer from Redis itself, unless it says that it cannot serve yet, is a fault of ours and stays as it is.
  return !/^[A-Z]+ |^ERR/.test(error.message) || LOADING.test(error.message)
}
