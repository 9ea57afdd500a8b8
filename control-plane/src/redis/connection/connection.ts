import { REDIS_COMMAND_TIMEOUT_MS, REDIS_HEARTBEAT_MS, REDIS_PING_AFTER_MS } from '../../tuning/redis.ts'
import type { Deadlines } from './deadlines.ts'
import { asUnavailable } from './errors.ts'
import { StoreUnavailable, type Health } from './health.ts'
import { createRedisClient, type ClientOptions } from './redis-client.ts'
import { addressText, type Address } from './redis-url.ts'

/** Handles an error of Redis instead of passing it on: resolves to the answer after all, or throws. */
export type Recover = (error: unknown) => Promise<unknown>

/** One connection to one Redis, which reconnects for ever. While it is unavailable, calls fail at once: none is queued. */
export type Connection = {
  readonly address: Address
  readonly health: Health
  /** Run id of the Redis process; it changes with each start and each failover. Undefined before the connection is up. */
  readonly processId: string | undefined
  /** Sends one command. The time limit covers `recover` as well. Throws StoreUnavailable, or the error of Redis. */
  call(args: readonly string[], recover?: Recover): Promise<unknown>
  /** Sends one command without a time limit of its own: for use inside `recover`. */
  send(args: readonly string[]): Promise<unknown>
  /** Settles when the first attempt to connect has succeeded or failed. */
  readonly firstAttempt: Promise<void>
  /** Pings an idle Redis, and drops a connection without answers. Called every REDIS_HEARTBEAT_MS. */
  beat(): void
  destroy(): void
}

export type ConnectionOptions = ClientOptions & { deadlines: Deadlines }

/**
 * One client of the library. It counts heartbeats, not time: a process that was suspended for a second observed no
 * silence.
 */
type Attempt = {
  client: ReturnType<typeof createRedisClient>
  sent: number
  answered: number
  answeredBefore: number
  silentBeats: number
  idleBeats: number
  /** Connected, but the login is not answered yet. */
  isLoggingIn: boolean
  processId: string | undefined
}

const PING_AFTER_BEATS = REDIS_PING_AFTER_MS / REDIS_HEARTBEAT_MS
/** One more, because the first heartbeat may come right after a command was sent. */
const HUNG_AFTER_BEATS = REDIS_COMMAND_TIMEOUT_MS / REDIS_HEARTBEAT_MS + 1

export function openConnection(address: Address, options: ConnectionOptions): Connection {
  const { deadlines } = options
  let health: Health = { state: 'connecting' }
  let isDestroyed = false
  let endFirstAttempt = () => {}
  const firstAttempt = new Promise<void>((resolve) => (endFirstAttempt = resolve))
  let current = connect()

  function become(next: Health): void {
    health = next
    endFirstAttempt()
  }

  function connect(): Attempt {
    const client = createRedisClient(address, options)
    const mine: Attempt = {
      client,
      sent: 0,
      answered: 0,
      answeredBefore: 0,
      silentBeats: 0,
      idleBeats: 0,
      isLoggingIn: false,
      processId: undefined,
    }
    const isOver = () => isDestroyed || current !== mine
    client.on('connect', () => {
      mine.isLoggingIn = true
      // The library cannot stop a socket that is still connecting; once it is connected, it can.
      if (isOver()) client.destroy()
    })
    client.on('ready', () => void identify(mine, isOver))
    client.on('error', (error: Error) => {
      mine.isLoggingIn = false
      mine.silentBeats = 0
      if (isOver()) return
      become({ state: 'unavailable', reason: error.message || error.name })
      // After a reply that it could not parse the library reads on, but no later reply can be trusted.
      if (client.isReady) reconnect()
    })
    client.connect().catch(() => {})
    return mine
  }

  /** Part of logging in: no command is sent to a process before its id is known. */
  async function identify(mine: Attempt, isOver: () => boolean): Promise<void> {
    const info: unknown = await mine.client.sendCommand(['INFO', 'server']).catch(() => '')
    mine.processId = typeof info === 'string' ? /^run_id:(\w+)/m.exec(info)?.[1] : undefined
    mine.isLoggingIn = false
    mine.silentBeats = 0
    if (!isOver() && mine.client.isReady) become({ state: 'up' })
  }

  function reconnect(): void {
    const old = current
    current = connect()
    old.client.destroy()
  }

  function notUp(): StoreUnavailable {
    const reason = 'reason' in health ? health.reason : 'not connected yet'
    return new StoreUnavailable(`redis at ${addressText(address)} is unavailable: ${reason}`)
  }

  function send(args: readonly string[]): Promise<unknown> {
    if (health.state !== 'up') return Promise.reject(notUp())
    const mine = current
    mine.sent++
    const answer = mine.client.sendCommand(args)
    const count = () => void mine.answered++
    answer.then(count, count)
    return answer
  }

  /** Waiting for an answer, and none has come since the last heartbeat. */
  function isSilent(): boolean {
    if (current.isLoggingIn) return true
    const silent = current.sent > current.answered && current.answered === current.answeredBefore
    current.answeredBefore = current.answered
    return silent
  }

  return {
    address,
    get health() {
      return health
    },
    get processId() {
      return current.processId
    },
    firstAttempt,
    send,
    // The path of every request: one promise, one record, no timer.
    call(args, recover) {
      return new Promise((resolve, reject) => {
        if (health.state !== 'up') return reject(notUp())
        const mine = current
        const pending = deadlines.add(reject)
        const succeed = (value: unknown) => {
          pending.reject = undefined
          resolve(value)
        }
        const fail = (error: unknown) => {
          pending.reject = undefined
          reject(asUnavailable(error))
        }
        mine.sent++
        mine.client.sendCommand(args).then(
          (value) => {
            mine.answered++
            succeed(value)
          },
          (error: unknown) => {
            mine.answered++
            if (recover) recover(error).then(succeed, fail)
            else fail(error)
          },
        )
      })
    },
    beat() {
      current.silentBeats = isSilent() ? current.silentBeats + 1 : 0
      current.idleBeats = current.sent === current.answered ? current.idleBeats + 1 : 0
      if (current.silentBeats >= HUNG_AFTER_BEATS) {
        become({ state: 'unavailable', reason: 'redis is connected but does not answer' })
        reconnect()
      } else if (health.state === 'up' && current.idleBeats >= PING_AFTER_BEATS) {
        current.idleBeats = 0
        send(['PING']).catch(() => {})
      }
    },
    destroy() {
      isDestroyed = true
      become({ state: 'unavailable', reason: 'the connection is closed' })
      current.client.destroy()
    },
  }
}

/** One reason for each connection that is unavailable. */
export function reasonsOf(connections: readonly Connection[]): string {
  return connections
    .flatMap(({ address, health }) => ('reason' in health ? `${addressText(address)}: ${health.reason}` : []))
    .join('; ')
}
