/** The URL of Redis: one Redis, a Cluster, or a primary that sentinels watch. */

export type Address = { host: string; port: number }

/** Empty strings: no login. */
export type Login = { username: string; password: string }

export const addressText = ({ host, port }: Address): string => `${host}:${port}`

export type RedisUrl =
  | { kind: 'single'; nodes: [Address]; tls: boolean; login: Login; db: number }
  /** `nodes` are those that the cluster is discovered from; one is enough, but all are better. */
  | { kind: 'cluster'; nodes: Address[]; tls: boolean; login: Login }
  /** `nodes` are the sentinels; `login` and `db` are the primary's. */
  | {
      kind: 'sentinel'
      nodes: Address[]
      tls: boolean
      login: Login
      db: number
      primaryName: string
      sentinelLogin: Login
    }

const REDIS_PORT = 6379
const SENTINEL_PORT = 26379
const LAST_PORT = 65_535

const FORM = /^(rediss?)(-cluster|-sentinel)?:\/\/(?:([^/?#]*)@)?([^/?#@]+)(?:\/([^/?#]*))?(?:\?([^#]*))?$/
const NODE = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/

/**
 * `redis://[user:pass@]host[:port][/db]`, `redis-cluster://[user:pass@]h1:p1,h2:p2,…`,
 * `redis-sentinel://[user:pass@]h1:p1,h2:p2,…/name[?db=0&sentinelUsername=…&sentinelPassword=…]`; `rediss…` for TLS.
 * User and password are percent-encoded. A fault is one sentence that quotes no part of the URL, which contains a
 * password.
 */
export function parseRedisUrl(url: string): RedisUrl | { fault: string } {
  try {
    return parse(url)
  } catch (error) {
    if (error instanceof Fault) return { fault: error.message }
    throw error
  }
}

class Fault extends Error {}

function parse(url: string): RedisUrl {
  const parts = FORM.exec(url.trim())
  if (!parts)
    throw new Fault(
      'The Redis URL must look like redis://host:port, redis-cluster://host:port,host:port or redis-sentinel://host:port,host:port/name, with a percent-encoded password.',
    )
  const [, scheme, topology, userInfo = '', hosts = '', path = '', query = ''] = parts
  const tls = scheme === 'rediss'
  const login = readLogin(userInfo)
  const options = readQuery(query)
  const nodes = hosts
    .split(',')
    .map((text) => readNode(text, topology === '-sentinel' ? SENTINEL_PORT : REDIS_PORT))
  if (topology === '-sentinel') {
    if (!path)
      throw new Fault('A redis-sentinel URL must name the primary after the hosts, as in …/mymaster.')
    const { db = '0', sentinelUsername: username = '', sentinelPassword: password = '' } = options
    const sentinelLogin = { username, password }
    return { kind: 'sentinel', nodes, tls, login, db: readDb(db), primaryName: decode(path), sentinelLogin }
  }
  if (query) throw new Fault('Only a redis-sentinel URL takes parameters.')
  if (topology === '-cluster') {
    if (path) throw new Fault('A redis-cluster URL names no database: a Redis Cluster has only number 0.')
    return { kind: 'cluster', nodes, tls, login }
  }
  const [node, another] = nodes
  if (!node || another)
    throw new Fault('A redis URL names one host: several are a redis-cluster or a redis-sentinel URL.')
  return { kind: 'single', nodes: [node], tls, login, db: readDb(path || '0') }
}

function readLogin(text: string): Login {
  const colon = text.indexOf(':')
  if (colon < 0) return { username: decode(text), password: '' }
  return { username: decode(text.slice(0, colon)), password: decode(text.slice(colon + 1)) }
}

const PARAMETERS = ['db', 'sentinelUsername', 'sentinelPassword'] as const

function readQuery(query: string): Partial<Record<(typeof PARAMETERS)[number], string>> {
  // Passwords may contain '+', which URLSearchParams would read as a space.
  const all = [...new URLSearchParams(query.replaceAll('+', '%2B'))]
  if (all.some(([name]) => !PARAMETERS.some((known) => known === name)))
    throw new Fault(`The Redis URL has an unknown parameter: ${PARAMETERS.join(', ')} are known.`)
  return Object.fromEntries(all)
}

function readNode(text: string, defaultPort: number): Address {
  const [, host = '', port = String(defaultPort)] = NODE.exec(text) ?? []
  const number = Number(port)
  if (!host || number < 1 || number > LAST_PORT)
    throw new Fault('Every host of the Redis URL must be a name or an address with a port from 1 to 65535.')
  return { host: host.replace(/^\[|\]$/g, ''), port: number }
}

function readDb(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new Fault('The database in the Redis URL must be a whole number.')
  return Number(text)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Fault('The Redis URL contains a % that does not start a percent-encoded byte: write it as %25.')
  }
}
