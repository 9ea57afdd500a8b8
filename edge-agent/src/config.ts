/** The agent's environment: one table, all faults at once. Nothing else reads `process.env`. */
import { EnrolNode, NodeReport } from '@levee/control-plane/contract'
import {
  amount,
  baseUrl,
  cspSources,
  folder,
  httpUrl,
  ipRanges,
  length,
  LOG_LEVELS,
  matching,
  oneOf,
  origin,
  port,
  readEnvironment,
  wholeNumber,
  type Environment,
  type EnvironmentReader,
  type Parse,
} from '@levee/control-plane/protocol/environment'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { contractRange } from './contract-range.ts'

/** Whose CPU time counts as this node's load: that of all processes, of the cgroup, or of LiveKit only. */
export type CpuScope = 'host' | 'cgroup' | 'process'

/** The listener for the participants of a branch. */
export type ListenerConfig = {
  host: string
  port: number
  /** The built web client, of the same version as the control plane's; undefined: a plain page. */
  webDir: string | undefined
  /** Origin in join links; undefined: as in the request. */
  publicUrl: string | undefined
  /** Proxies whose X-Forwarded-… headers are trusted: addresses and CIDR ranges. */
  trustedProxies: string[]
  /** Sources for connect-src beside this node. */
  cspConnect: string[]
}

export type Config = {
  /** Base address of the control plane, ends in `/`. */
  controlPlaneUrl: URL
  enrolmentKey: string
  node: string
  site: string
  /** Failure domain inside the site; undefined: a domain of its own. */
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
  /** undefined: cgroup if it limits the CPU, else host. */
  cpuScope: CpuScope | undefined
  /** Set by the operator; undefined: measured. */
  capacity: {
    cpuCores: number | undefined
    tracks: number | undefined
    egressBytesPerSec: number | undefined
    packetsPerSec: number | undefined
  }
  /** Joins per second that the node can take; undefined: the control plane derives it from the cores. */
  joinsPerSec: number | undefined
  /** How long a drain after SIGTERM may take; 0: the agent exits at once and LiveKit keeps running. */
  drainDeadlineSec: number
  /** undefined: no listener. */
  listener: ListenerConfig | undefined
  logLevel: string
}

/** A text that the contract accepts for this field. */
const asIn =
  (schema: TSchema, fault: string): Parse<string> =>
  (text) =>
    Value.Check(schema, text) ? { value: text } : { fault }

const nodeUrl: Parse<string> = (text) =>
  Value.Check(EnrolNode.properties.url, text) && URL.canParse(text)
    ? { value: text }
    : { fault: 'must be the ws:// or wss:// address that browsers use, without path, query or user name' }

/** At least `min`, and not more than the contract allows. */
const amountIn = (schema: TSchema, min: number) => amount(min, contractRange(schema).max)

/** The configuration, or all its faults, one sentence each. Sentences name variables and never repeat a value. */
export const readConfig = (env: Environment): { config: Config } | { faults: string[] } =>
  readEnvironment(env, 'the agent', (read) => ({
    controlPlaneUrl: read.required('LEVEE_CONTROL_PLANE_URL', baseUrl, 'the address of the control plane'),
    enrolmentKey: read.required(
      'LEVEE_ENROLMENT_KEY',
      matching(/^[\x21-\x7e]{8,512}$/, 'must have 8 to 512 characters of plain ASCII without spaces'),
      'the key that lets a node enrol',
    ),
    node: read.required(
      'LEVEE_NODE_ID',
      asIn(EnrolNode.properties.node, 'must have 1 to 63 lower-case letters, digits or inner dashes'),
      'the name of this node, unique in the fleet',
    ),
    site: read.required(
      'LEVEE_SITE',
      asIn(EnrolNode.properties.site, 'must have 1 to 40 lower-case letters, digits or inner dashes'),
      'the site of this node',
    ),
    zone: read.optional(
      'LEVEE_ZONE',
      asIn(EnrolNode.properties.zone, 'must have 1 to 40 letters, digits, dots, dashes or underscores'),
    ),
    nodeUrl: read.required('LEVEE_NODE_URL', nodeUrl, 'the ws:// or wss:// address that browsers use'),
    ...livekitConfig(read),
    stateDir: read.required(
      'LEVEE_STATE_DIR',
      length(1, 4096),
      'a folder that outlives restarts, for the node secret',
    ),
    agentHost: read.withDefault('LEVEE_AGENT_HOST', length(1, 255), '127.0.0.1'),
    agentPort: read.withDefault('LEVEE_AGENT_PORT', port, 9180),
    ...capacityConfig(read),
    drainDeadlineSec: read.withDefault('LEVEE_DRAIN_DEADLINE_SEC', wholeNumber(0, 86_400), 120),
    listener: listenerConfig(read),
    logLevel: read.withDefault('LEVEE_LOG_LEVEL', oneOf(...LOG_LEVELS), 'info'),
  }))

const livekitConfig = (read: EnvironmentReader) => ({
  livekitUrl: read.withDefault('LEVEE_LIVEKIT_URL', baseUrl, new URL('http://127.0.0.1:7880/')),
  livekitMetricsUrl: read.withDefault(
    'LEVEE_LIVEKIT_METRICS_URL',
    httpUrl,
    new URL('http://127.0.0.1:6789/metrics'),
  ),
  livekitApiKey: read.required(
    'LEVEE_LIVEKIT_API_KEY',
    asIn(EnrolNode.properties.apiKey, 'must have 3 to 128 characters'),
    'the API key of the LiveKit beside this agent',
  ),
  livekitApiSecret: read.required(
    'LEVEE_LIVEKIT_API_SECRET',
    asIn(EnrolNode.properties.apiSecret, 'must have 32 to 256 characters'),
    'the secret of that API key',
  ),
})

const { properties: CAPACITY } = NodeReport.properties.capacity

const capacityConfig = (read: EnvironmentReader) => ({
  cpuScope: read.optional<CpuScope>('LEVEE_CPU_SCOPE', oneOf('host', 'cgroup', 'process')),
  capacity: {
    cpuCores: read.optional('LEVEE_CAPACITY_CPU_CORES', amountIn(CAPACITY.cpuCores, 0.01)),
    tracks: read.optional('LEVEE_CAPACITY_TRACKS', amountIn(CAPACITY.tracks, 1)),
    egressBytesPerSec: read.optional(
      'LEVEE_CAPACITY_EGRESS_BYTES_PER_SEC',
      amountIn(CAPACITY.egressBytesPerSec, 1),
    ),
    packetsPerSec: read.optional('LEVEE_CAPACITY_PACKETS_PER_SEC', amountIn(CAPACITY.packetsPerSec, 1)),
  },
  joinsPerSec: read.optional(
    'LEVEE_CAPACITY_JOINS_PER_SEC',
    amountIn(NodeReport.properties.joinsPerSec, contractRange(NodeReport.properties.joinsPerSec).min),
  ),
})

function listenerConfig(read: EnvironmentReader): ListenerConfig | undefined {
  const listenerPort = read.optional('LEVEE_LISTENER_PORT', port)
  const listener: ListenerConfig = {
    host: read.withDefault('LEVEE_LISTENER_HOST', length(1, 255), '127.0.0.1'),
    port: listenerPort ?? 0,
    webDir: read.optional('LEVEE_LISTENER_WEB_DIR', folder),
    publicUrl: read.optional('LEVEE_LISTENER_PUBLIC_URL', origin),
    trustedProxies: read.withDefault('LEVEE_LISTENER_TRUSTED_PROXIES', ipRanges, []),
    cspConnect: read.withDefault('LEVEE_LISTENER_CSP_CONNECT', cspSources, []),
  }
  return listenerPort === undefined ? undefined : listener
}
