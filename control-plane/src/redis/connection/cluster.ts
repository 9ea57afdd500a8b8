import { CLUSTER_MAX_HOPS, CLUSTER_SLOTS_MS, CLUSTER_SLOTS_SOON_MS } from '../../tuning/redis.ts'
import type { Script } from '../scripting/load-script.ts'
import { openConnection, reasonsOf, type Connection } from './connection.ts'
import type { Deadlines } from './deadlines.ts'
import { isNoScript } from './errors.ts'
import { StoreUnavailable, type Health } from './health.ts'
import { SLOTS, slotOf } from './key-slot.ts'
import { addressText, type Address, type RedisUrl } from './redis-url.ts'
import type { Topology } from './topology.ts'

type Call = { script: Script; shardPrefix: string; args: readonly string[]; slot: number }

/** A Redis Cluster: one connection to each primary, and to the nodes that the URL names. */
export function openCluster(
  { nodes, tls, login }: Extract<RedisUrl, { kind: 'cluster' }>,
  deadlines: Deadlines,
): Topology {
  /** By address; connections to nodes that have left the cluster are closed. */
  const connections = new Map<string, Connection>()
  const seeds = nodes.map(connectionTo)
  let slots: (Connection | undefined)[] = []
  let primaries: Connection[] = []
  let hasGap = false
  let isStale = false
  let isRefreshing = false
  let refreshedAt = -Infinity
  let turn = 0
  let fault: string | undefined
  let isOver = false

  function connectionTo(address: Address): Connection {
    const name = addressText(address)
    const connection = connections.get(name) ?? openConnection(address, { tls, login, db: 0, deadlines })
    connections.set(name, connection)
    return connection
  }

  /** Queries another node each time, because one that is isolated answers with an older state. */
  async function readSlots(): Promise<void> {
    const up = [...connections.values()].filter(({ health }) => health.state === 'up')
    const connection = up[turn++ % up.length]
    if (!connection) return
    const ranges = readRanges(await connection.call(['CLUSTER', 'SLOTS']), connection.address)
    if (ranges.length === 0)
      throw new Error(`redis at ${addressText(connection.address)} is not part of a cluster`)
    isStale = false
    useRanges(ranges)
  }

  function useRanges(ranges: readonly Range[]): void {
    if (isOver) return
    const next = Array.from<Connection | undefined>({ length: SLOTS })
    for (const { first, last, primary } of ranges) next.fill(connectionTo(primary), first, last + 1)
    slots = next
    hasGap = next.includes(undefined)
    primaries = [...new Set(next.filter((connection) => connection !== undefined))]
    for (const [name, connection] of connections) {
      if (primaries.includes(connection) || seeds.includes(connection)) continue
      connections.delete(name)
      connection.destroy()
    }
  }

  async function refresh(now: number): Promise<void> {
    isRefreshing = true
    refreshedAt = now
    try {
      await readSlots()
      fault = undefined
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error)
    } finally {
      isRefreshing = false
    }
  }

  async function recover(refusal: unknown, from: Connection, call: Call): Promise<unknown> {
    let error = refusal
    let connection = from
    let isWhole = false
    for (let hop = 0; hop < CLUSTER_MAX_HOPS; hop++) {
      const moved = movedTo(error, connection.address)
      if (isNoScript(error)) isWhole = true
      else if (moved && !isOver) {
        connection = connectionTo(moved)
        slots[call.slot] = connection
        isStale = true
        await connection.firstAttempt
      } else break
      try {
        return await connection.send(
          isWhole ? ['EVAL', call.script.source, ...keysAndArgs(call)] : evalSha(call),
        )
      } catch (next) {
        error = next
      }
    }
    if (isReply(error, 'CLUSTERDOWN')) isStale = true
    // ASK is not followed: until the move is over, the slot's keys are on both nodes, and a script would see half of them.
    if (isReply(error, 'ASK') || isReply(error, 'MOVED'))
      throw new StoreUnavailable(`slot ${call.slot} is being moved`, { cause: error })
    throw error
  }

  function health(): Health {
    const known = primaries.length > 0 ? primaries : seeds
    const lost = known.filter((connection) => connection.health.state === 'unavailable')
    if (primaries.length > 0 ? lost.length > 0 : lost.length === seeds.length)
      return { state: 'unavailable', reason: reasonsOf(lost) }
    if (hasGap) return { state: 'unavailable', reason: 'some slots of the cluster have no primary' }
    if (primaries.length === 0)
      return fault ? { state: 'unavailable', reason: fault } : { state: 'connecting' }
    return { state: primaries.every((connection) => connection.health.state === 'up') ? 'up' : 'connecting' }
  }

  return {
    run(script, shardPrefix, args) {
      const slot = slotOf(shardPrefix)
      const connection = slots[slot]
      if (!connection)
        return Promise.reject(new StoreUnavailable('the key has no known primary in the cluster'))
      const call = { script, shardPrefix, args, slot }
      return connection.call(evalSha(call), (error) => recover(error, connection, call))
    },
    processIdOf: (shardPrefix) => slots[slotOf(shardPrefix)]?.processId,
    async ping() {
      const { state } = health()
      if (primaries.length === 0 || hasGap) throw new StoreUnavailable(`the redis cluster is ${state}`)
      await Promise.all(primaries.map((connection) => connection.call(['PING'])))
    },
    health,
    beat(now) {
      for (const connection of connections.values()) connection.beat()
      const pauseMs = isStale || health().state !== 'up' ? CLUSTER_SLOTS_SOON_MS : CLUSTER_SLOTS_MS
      if (!isRefreshing && now - refreshedAt >= pauseMs) void refresh(now)
    },
    destroy() {
      isOver = true
      for (const connection of connections.values()) connection.destroy()
    },
  }
}

const keysAndArgs = ({ shardPrefix, args }: Call): string[] => ['1', shardPrefix, ...args]
const evalSha = (call: Call): string[] => ['EVALSHA', call.script.sha, ...keysAndArgs(call)]

function isReply(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.startsWith(`${code} `)
}

/** `MOVED 3999 127.0.0.1:6381`; a node that does not know its own host name leaves it out. */
function movedTo(error: unknown, from: Address): Address | undefined {
  if (!(error instanceof Error)) return undefined
  const [, host, port] = /^MOVED \d+ (\S*):(\d+)/.exec(error.message) ?? []
  return port === undefined ? undefined : { host: host || from.host, port: Number(port) }
}

type Range = { first: number; last: number; primary: Address }

/** CLUSTER SLOTS: rows of first slot, last slot, primary, replicas; a node is host, port and more. */
function readRanges(reply: unknown, from: Address): Range[] {
  const rows = reply as [number, number, [string | null, number]][]
  return rows
    .filter(([, , [host]]) => host !== '?')
    .map(([first, last, [host, port]]) => ({ first, last, primary: { host: host || from.host, port } }))
}
