/** The agent's environment: one table, all faults at once. Nothing else reads `process.env`. */

import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { DoorConfig } from './offline/listener.ts'

export type CpuScope = 'host' | 'cgroup' | 'process'

export type Config = {
  /** Base address of the control plane, ends in `/`. */
  controlPlaneUrl: URL
  enrolmentKey: string
  node: string
  site: string
  /** Failure domain inside the site; undefined: the node alone. */
  zone: string | undefined
  /** Public ws:// or wss:// address that browsers use. */
  nodeUrl: string
  livekitUrl: URL
  livekitMetricsUrl: URL
  livekitApiKey: string
  livekitApiSecret: string
  stateDir: string
  agentHost: string
  agentPort: number
  /** undefined: cgroup when it limits the CPU, else host. */
  cpuScope: CpuScope | undefined
  /** What the operator says overrides what is measured. */
  capacity: {
    cpuCores: number | undefined
    tracks: number | undefined
    egressBytesPerSec: number | undefined
    packetsPerSec: number | undefined
  }
  /** Joins that the node bears per second; undefined: the control plane works it out from the cores. */
  joinsPerSec: number | undefined
  /** How long the node may take to leave after SIGTERM; 0: the agent exits at once and LiveKit goes on. */
  drainDeadlineSec: number
  /** The door for the people of a branch; undefined: none. */
  door: DoorConfig | undefined
  logLevel: string
}

export type Environment = Readonly<Record<string, string | undefined>>

/** A value, or the end of a sentence that begins with the variable's name. */
type Parsed<T> = { value: T } | { fault: string }
type Parse<T> = (text: string) => Parsed<T>

const ok = <T>(value: T): Parsed<T> => ({ value })
const bad = (fault: string): { fault: string } => ({ fault })

const matching =
  (pattern: RegExp, fault: string): Parse<string> =>
  (text) =>
    pattern.test(text) ? ok(text) : bad(fault)

const length =
  (min: number, max: number): Parse<string> =>
  (text) =>
    text.length < min || text.length > max ? bad(`must have ${min} to ${max} characters`) : ok(text)

const httpUrl: Parse<URL> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    return bad('must be an http:// or https:// address')
  if (url.username || url.password) return bad('must not carry a user name or password')
  if (url.search || url.hash) return bad('must not carry a query or fragment')
  return ok(url)
}

const baseUrl: Parse<URL> = (text) => {
  const parsed = httpUrl(text)
  if ('value' in parsed && !parsed.value.pathname.endsWith('/')) parsed.value.pathname += '/'
  return parsed
}

const nodeUrl: Parse<string> = (text) =>
  text.length <= 255 && /^wss?:\/\/[^\s/?#@]+\/?$/.test(text) && URL.canParse(text)
    ? ok(text)
    : bad('must be the ws:// or wss:// address that browsers use, without path, query or user name')

const port: Parse<number> = (text) =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? ok(Number(text)) : bad('must be a port, 0 to 65535')

/** As browsers write it. */
const origin: Parse<string> = (text) => {
  const parsed = httpUrl(text)
  if (!('value' in parsed)) return parsed
  return parsed.value.pathname === '/' ? ok(parsed.value.origin) : bad('must not carry a path')
}

const IP_RANGE = /^[0-9A-Fa-f.:]+(\/\d{1,3})?$/

const ranges: Parse<string[]> = (text) => {
  const all = text.split(',').map((range) => range.trim())
  const isRange = (range: string) => {
    const [address = '', bits = '0'] = range.split('/')
    return IP_RANGE.test(range) && Number(bits) <= { 0: -1, 4: 32, 6: 128 }[isIP(address) as 0 | 4 | 6]
  }
  return all.every(isRange) ? ok(all) : bad('must be addresses or CIDR ranges, comma-separated')
}

/** Absolute, as the server of its files wants it. */
const folder: Parse<string> = (text) => (text.length > 4_096 ? bad('is too long') : ok(resolve(text)))

const sources: Parse<string[]> = (text) =>
  /[;,'"]/.test(text) ? bad('must be sources for connect-src, space-separated') : ok(text.split(/\s+/))

const amount =
  (min: number, max: number): Parse<number> =>
  (text) => {
    const value = /^\d+(\.\d+)?(e\d+)?$/i.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max ? ok(value) : bad(`must be a number from ${min} to ${max}`)
  }

const whole =
  (max: number): Parse<number> =>
  (text) =>
    /^\d{1,9}$/.test(text) && Number(text) <= max
      ? ok(Number(text))
      : bad(`must be a whole number from 0 to ${max}`)

const oneOf =
  <T extends string>(...words: T[]): Parse<T> =>
  (text) => {
    const word = words.find((w) => w === text)
    return word === undefined ? bad(`must be one of ${words.join(', ')}`) : ok(word)
  }

const NODE_ID = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
const SITE_ID = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/
const ZONE = /^[A-Za-z0-9._-]{1,40}$/

/** Config, or every fault as one sentence each. Sentences name variables and never repeat a value. */
export function readConfig(env: Environment): { config: Config } | { faults: string[] } {
  const faults: string[] = []

  const optional = <T>(name: string, parse: Parse<T>): T | undefined => {
    const text = env[name]?.trim()
    if (text === undefined || text === '') return undefined
    const parsed = parse(text)
    if ('value' in parsed) return parsed.value
    faults.push(`${name} ${parsed.fault}.`)
    return undefined
  }
  const withDefault = <T>(name: string, parse: Parse<T>, fallback: T): T => optional(name, parse) ?? fallback
  const required = <T>(name: string, parse: Parse<T>, what: string): T => {
    if (!env[name]?.trim()) faults.push(`${name} is missing: ${what}.`)
    // The stand-in is never seen: any fault means that no config is returned.
    return optional(name, parse) as T
  }

  const config: Config = {
    controlPlaneUrl: required('LEVEE_CONTROL_PLANE_URL', baseUrl, 'the address of the control plane'),
    enrolmentKey: required(
      'LEVEE_ENROLMENT_KEY',
      matching(/^[\x21-\x7e]{8,512}$/, 'must have 8 to 512 characters of plain ASCII without spaces'),
      'the key that lets a node enrol',
    ),
    node: required(
      'LEVEE_NODE_ID',
      matching(NODE_ID, 'must have 1 to 63 lower-case letters, digits or inner dashes'),
      'the name of this node, unique in the fleet',
    ),
    site: required(
      'LEVEE_SITE',
      matching(SITE_ID, 'must have 1 to 40 lower-case letters, digits or inner dashes'),
      'the site this node stands in',
    ),
    zone: optional(
      'LEVEE_ZONE',
      matching(ZONE, 'must have 1 to 40 letters, digits, dots, dashes or underscores'),
    ),
    nodeUrl: required('LEVEE_NODE_URL', nodeUrl, 'the ws:// or wss:// address that browsers use'),
    livekitUrl: withDefault('LEVEE_LIVEKIT_URL', baseUrl, new URL('http://127.0.0.1:7880/')),
    livekitMetricsUrl: withDefault(
      'LEVEE_LIVEKIT_METRICS_URL',
      httpUrl,
      new URL('http://127.0.0.1:6789/metrics'),
    ),
    livekitApiKey: required(
      'LEVEE_LIVEKIT_API_KEY',
      length(3, 128),
      'the API key of the LiveKit beside this agent',
    ),
    livekitApiSecret: required('LEVEE_LIVEKIT_API_SECRET', length(32, 256), 'the secret of that API key'),
    stateDir: required(
      'LEVEE_STATE_DIR',
      length(1, 4096),
      'a folder that outlives restarts, for the node secret',
    ),
    agentHost: withDefault('LEVEE_AGENT_HOST', length(1, 255), '127.0.0.1'),
    agentPort: withDefault('LEVEE_AGENT_PORT', port, 9180),
    cpuScope: optional('LEVEE_CPU_SCOPE', oneOf('host', 'cgroup', 'process')),
    capacity: {
      cpuCores: optional('LEVEE_CAPACITY_CPU_CORES', amount(0.01, 4096)),
      tracks: optional('LEVEE_CAPACITY_TRACKS', amount(1, 1e8)),
      egressBytesPerSec: optional('LEVEE_CAPACITY_EGRESS_BYTES_PER_SEC', amount(1, 1e12)),
      packetsPerSec: optional('LEVEE_CAPACITY_PACKETS_PER_SEC', amount(1, 1e9)),
    },
    joinsPerSec: optional('LEVEE_CAPACITY_JOINS_PER_SEC', amount(1, 1e6)),
    drainDeadlineSec: withDefault('LEVEE_DRAIN_DEADLINE_SEC', whole(86_400), 120),
    door: undefined,
    logLevel: withDefault(
      'LEVEE_LOG_LEVEL',
      oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
      'info',
    ),
  }
  const doorPort = optional('LEVEE_LISTENER_PORT', port)
  const door: DoorConfig = {
    host: withDefault('LEVEE_LISTENER_HOST', length(1, 255), '127.0.0.1'),
    port: doorPort ?? 0,
    webDir: optional('LEVEE_LISTENER_WEB_DIR', folder),
    publicUrl: optional('LEVEE_LISTENER_PUBLIC_URL', origin),
    trustedProxies: withDefault('LEVEE_LISTENER_TRUSTED_PROXIES', ranges, []),
    cspConnect: withDefault('LEVEE_LISTENER_CSP_CONNECT', sources, ['wss:', 'https:']),
  }
  if (doorPort !== undefined) config.door = door
  return faults.length > 0 ? { faults } : { config }
}
