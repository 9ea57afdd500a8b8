import { SENTINEL_QUERY_MS } from '../../tuning/redis.ts'
import { openConnection, reasonsOf, type Connection } from './connection.ts'
import type { Deadlines } from './deadlines.ts'
import { isNoScript } from './errors.ts'
import { StoreUnavailable, type Health } from './health.ts'
import { addressText, type Address, type RedisUrl } from './redis-url.ts'
import type { Topology } from './topology.ts'

/**
 * The primary that the sentinels name. After losing it, the replica reconnects only to the one that they name then,
 * because another may have been promoted.
 */
export function openSentinel(
  { nodes, tls, login, db, primaryName, sentinelLogin }: Extract<RedisUrl, { kind: 'sentinel' }>,
  deadlines: Deadlines,
): Topology {
  const sentinels = nodes.map((address) =>
    openConnection(address, { tls, login: sentinelLogin, db: 0, deadlines }),
  )
  let primary: Connection | undefined
  /** Named by the sentinels, and not yet known to be a primary. */
  let candidate: Connection | undefined
  let isQuerying = false
  let queriedAt = -Infinity
  let fault: string | undefined
  let isOver = false

  function lose(connection: Connection, why: string): void {
    if (connection !== primary && connection !== candidate) return
    if (connection === primary) primary = undefined
    else candidate = undefined
    fault = `${addressText(connection.address)}: ${why}`
    connection.destroy()
  }

  async function querySentinels(): Promise<void> {
    const up = sentinels.filter(({ health }) => health.state === 'up')
    const answers = await Promise.allSettled(
      up.map((connection) => connection.call(['SENTINEL', 'MASTER', primaryName])),
    )
    const named = answers
      .filter((answer) => answer.status === 'fulfilled')
      .map(({ value }) => readPrimary(value))
    // A sentinel that was isolated answers with an older state, which has a lower epoch.
    const latest = named.toSorted((a, b) => b.epoch - a.epoch)[0]
    if (latest) follow(latest.address)
    else if (answers[0]?.status === 'rejected') fault = String(answers[0].reason)
  }

  async function query(now: number): Promise<void> {
    isQuerying = true
    queriedAt = now
    try {
      await querySentinels()
    } finally {
      isQuerying = false
    }
  }

  function follow(address: Address): void {
    if (isOver) return
    const current = candidate ?? primary
    if (current && addressText(current.address) === addressText(address)) return
    candidate?.destroy()
    candidate = openConnection(address, { tls, login, db, deadlines })
    void verify(candidate)
  }

  /** The old primary stays in use until the candidate has confirmed that it is one. */
  async function verify(connection: Connection): Promise<void> {
    await connection.firstAttempt
    if (connection.health.state === 'unavailable') return lose(connection, connection.health.reason)
    const role = await connection.call(['ROLE']).catch((error: unknown) => String(error))
    if (!Array.isArray(role)) return lose(connection, String(role))
    if (role[0] !== 'master') return lose(connection, `it is a ${role[0]}`)
    if (connection !== candidate) return
    primary?.destroy()
    primary = connection
    candidate = undefined
    fault = undefined
  }

  function health(): Health {
    if (primary) return primary.health
    if (fault !== undefined) return { state: 'unavailable', reason: fault }
    if (sentinels.every((connection) => connection.health.state === 'unavailable'))
      return { state: 'unavailable', reason: `no sentinel: ${reasonsOf(sentinels)}` }
    return { state: 'connecting' }
  }

  function noPrimary(): StoreUnavailable {
    const now = health()
    return new StoreUnavailable(`no redis primary: ${'reason' in now ? now.reason : 'not found yet'}`)
  }

  return {
    run(script, shardPrefix, args) {
      const connection = primary
      if (!connection) return Promise.reject(noPrimary())
      return connection.call(['EVALSHA', script.sha, '1', shardPrefix, ...args], async (error) => {
        if (isNoScript(error)) return connection.send(['EVAL', script.source, '1', shardPrefix, ...args])
        // It was a primary, and the sentinels have made a replica of it.
        if (error instanceof Error && error.message.startsWith('READONLY'))
          lose(connection, 'it is a replica now')
        throw error
      })
    },
    processIdOf: () => primary?.processId,
    async ping() {
      if (!primary) throw noPrimary()
      await primary.call(['PING'])
    },
    health,
    beat(now) {
      for (const connection of [...sentinels, primary, candidate]) connection?.beat()
      if (primary?.health.state === 'unavailable') lose(primary, primary.health.reason)
      // The first query waits for all sentinels: the one that connects first may be the one that was isolated.
      if (sentinels.some((connection) => connection.health.state === 'connecting')) return
      if (!isQuerying && now - queriedAt >= (primary ? SENTINEL_QUERY_MS : 0)) void query(now)
    },
    destroy() {
      isOver = true
      for (const connection of [...sentinels, primary, candidate]) connection?.destroy()
    },
  }
}

/** Reads the reply of SENTINEL MASTER: field names and values in turn. */
function readPrimary(reply: unknown): { address: Address; epoch: number } {
  const fields = reply as { ip: string; port: string; 'config-epoch': string }
  return { address: { host: fields.ip, port: Number(fields.port) }, epoch: Number(fields['config-epoch']) }
}
