import { createClient, ErrorReply } from 'redis'
import { REDIS_COMMAND_TIMEOUT_MS, REDIS_RECONNECT_MAX_MS } from '../../tuning/redis.ts'
import type { Deadlines } from './deadlines.ts'
import { BEAT_MS } from './heartbeat.ts'
import type { Address, Login } from './redis-url.ts'
import { StoreUnavailable } from './unavailable.ts'

/** 'dialing' until the first attempt has ended one way or the other. */
export type Health = { state: 'dialing' | 'up' } | { state: 'away'; reason: string }

/** What to do about a refusal instead of passing it on: gives the answer after all, or throws. */
export type Heal = (error: unknown) => Promise<unknown>

/** One connection to one Redis, dialled for ever. It keeps no command for later: while it is away, calls fail at once. */
export type Link = {
  readonly address: Address
  readonly health: Health
  /** What Redis calls its own process: another after each start and each failover. Undefined before it is up. */
  readonly process: string | undefined
  /** Sends one command. The limit covers what `heal` does as well. Throws StoreUnavailable, or Redis' own error. */
  call(args: readonly string[], heal?: Heal): Promise<unknown>
  /** Sends without a limit of its own: for what happens inside `heal`. */
  send(args: readonly string[]): Promise<unknown>
  /** Settles when the first attempt to connect has ended, well or badly. */
  readonly dialled: Promise<void>
  /** Asks an idle Redis for a sign of life, and drops a connection that has gone silent. Called every BEAT_MS. */
  beat(): void
  destroy(): void
}

export type LinkOptions = { tls: boolean; login: Login; db: number; deadlines: Deadlines }

/** One socket's life. Counts of beats, not times: a process that was held up for a second has not heard silence. */
type Wire = {
  client: ReturnType<typeof newClient>
  sent: number
  heard: number
  heardBefore: number
  quietBeats: number
  idleBeats: number
  /** Connected, but the login is not yet answered. */
  loggingIn: boolean
  process: string | undefined
}

const PING_AFTER_BEATS = 500 / BEAT_MS
/** One more, since the first is counted when something has just been sent. */
const HUNG_AFTER_BEATS = REDIS_COMMAND_TIMEOUT_MS / BEAT_MS + 1
const HUNG = 'redis is connected and does not answer'

export function openLink(address: Address, options: LinkOptions): Link {
  const { deadlines } = options
  let health: Health = { state: 'dialing' }
  let destroyed = false
  let markDialled = () => {}
  const dialled = new Promise<void>((resolve) => (markDialled = resolve))
  let wire = dial()

  function become(next: Health): void {
    health = next
    markDialled()
  }

  function dial(): Wire {
    const client = newClient(address, options)
    const mine = {
      client,
      sent: 0,
      heard: 0,
      heardBefore: 0,
      quietBeats: 0,
      idleBeats: 0,
      loggingIn: false,
      process: undefined,
    }
    const isOver = () => destroyed || wire !== mine
    client.on('connect', () => {
      mine.loggingIn = true
      // The library cannot stop a socket that is still connecting; once it is connected, it can.
      if (isOver()) client.destroy()
    })
    client.on('ready', () => void greetProcess(mine, isOver))
    client.on('error', (error: Error) => {
      mine.loggingIn = false
      mine.quietBeats = 0
      if (isOver()) return
      become({ state: 'away', reason: error.message || error.name })
      // The library goes on with a stream that it could not read; nothing after that can be trusted.
      if (client.isReady) redial()
    })
    client.connect().catch(() => {})
    return mine
  }

  /** Still a part of logging in: nothing is asked of a process that is not known. */
  async function greetProcess(mine: Wire, isOver: () => boolean): Promise<void> {
    const info: unknown = await mine.client.sendCommand(['INFO', 'server']).catch(() => '')
    mine.process = typeof info === 'string' ? /^run_id:(\w+)/m.exec(info)?.[1] : undefined
    mine.loggingIn = false
    mine.quietBeats = 0
    if (!isOver() && mine.client.isReady) become({ state: 'up' })
  }

  function redial(): void {
    const old = wire
    wire = dial()
    old.client.destroy()
  }

  function send(args: readonly string[]): Promise<unknown> {
    if (health.state !== 'up') return Promise.reject(away(address, health))
    const mine = wire
    mine.sent++
    const answer = mine.client.sendCommand(args)
    const hear = () => void mine.heard++
    answer.then(hear, hear)
    return answer
  }

  /** Waiting for an answer, and none has come since the last beat. */
  function isQuiet(): boolean {
    if (wire.loggingIn) return true
    const quiet = wire.sent > wire.heard && wire.heard === wire.heardBefore
    wire.heardBefore = wire.heard
    return quiet
  }

  return {
    address,
    get health() {
      return health
    },
    get process() {
      return wire.process
    },
    dialled,
    send,
    // The path of every request: one promise, one record, no timer.
    call(args, heal) {
      return new Promise((resolve, reject) => {
        if (health.state !== 'up') return reject(away(address, health))
        const mine = wire
        const waiting = deadlines.add(reject)
        const succeed = (value: unknown) => {
          waiting.reject = undefined
          resolve(value)
        }
        const fail = (error: unknown) => {
          waiting.reject = undefined
          reject(asUnavailable(error))
        }
        mine.sent++
        mine.client.sendCommand(args).then(
          (value) => {
            mine.heard++
            succeed(value)
          },
          (error: unknown) => {
            mine.heard++
            if (heal) heal(error).then(succeed, fail)
            else fail(error)
          },
        )
      })
    },
    beat() {
      wire.quietBeats = isQuiet() ? wire.quietBeats + 1 : 0
      wire.idleBeats = wire.sent === wire.heard ? wire.idleBeats + 1 : 0
      if (wire.quietBeats >= HUNG_AFTER_BEATS) {
        become({ state: 'away', reason: HUNG })
        redial()
      } else if (health.state === 'up' && wire.idleBeats >= PING_AFTER_BEATS) {
        wire.idleBeats = 0
        send(['PING']).catch(() => {})
      }
    },
    destroy() {
      destroyed = true
      become({ state: 'away', reason: 'the connection is closed' })
      wire.client.destroy()
    },
  }
}

function newClient({ host, port }: Address, { tls, login, db }: LinkOptions) {
  const socket = {
    host,
    port,
    connectTimeout: REDIS_COMMAND_TIMEOUT_MS,
    // No socketTimeout: every write starts it anew, so under load it never ends a connection to a hung Redis.
    reconnectStrategy: (retries: number) => Math.min(REDIS_RECONNECT_MAX_MS, 20 * 2 ** Math.min(retries, 5)),
    noDelay: true,
    keepAlive: true,
  }
  return createClient({
    ...(login.username ? { username: login.username } : {}),
    ...(login.password ? { password: login.password } : {}),
    database: db,
    // A command that cannot be sent now is refused at once, never kept for later: a person is waiting for the answer.
    disableOfflineQueue: true,
    // The deadlines bound each command; the client's own timer costs an AbortSignal for each.
    commandOptions: { timeout: 0 },
    maintNotifications: 'disabled' as const,
    socket: tls ? { ...socket, tls: true as const } : socket,
  })
}

/** Of those that are away, one reason each. */
export function awayReasons(links: readonly Link[]): string {
  return links
    .flatMap(({ address, health }) => ('reason' in health ? `${written(address)}: ${health.reason}` : []))
    .join('; ')
}

export const written = ({ host, port }: Address): string => `${host}:${port}`

function away(address: Address, health: Health): StoreUnavailable {
  const reason = 'reason' in health ? health.reason : 'not connected yet'
  return new StoreUnavailable(`redis at ${written(address)} is away: ${reason}`)
}

/** Redis says that it cannot serve now, or cannot keep what it is told. */
const NOT_NOW = /^(LOADING|BUSY|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|OOM|NOAUTH)\b/

/** Every way in which Redis can be away becomes StoreUnavailable; other answers of Redis are a fault of ours and stay. */
export function asUnavailable(error: unknown): unknown {
  if (error instanceof StoreUnavailable || error instanceof TypeError || !(error instanceof Error))
    return error
  if (error instanceof ErrorReply && !NOT_NOW.test(error.message)) return error
  return new StoreUnavailable(error.message, { cause: error })
}
