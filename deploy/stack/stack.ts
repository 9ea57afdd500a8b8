// The real parts, started as child processes: for the appliance, tests, benchmarks and load tests alike.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, openNursery } from './children.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import { type EdgeNode, type NodePorts, leaveFleet, startAgent } from './edge-node.ts'
import { type LivekitOptions, startLivekit } from './livekit.ts'
import { type FreePorts, claimFreePorts } from './ports.ts'
import { startRedis } from './redis.ts'
import { type Secrets, makeSecrets, nodeKey } from './secrets.ts'
import { ensureLivekit, ensureRedis } from './tools.ts'

export type { Child, ChildExit } from './children.ts'
export type { ControlPlane } from './control-plane.ts'
export type { EdgeNode } from './edge-node.ts'

export interface NodeSpec {
  id: string
  site: string
  /** See LivekitOptions. */
  pliThrottleMs?: LivekitOptions['pliThrottleMs']
  /** More environment for this node's agent. */
  agentEnv?: Record<string, string>
}

export interface FixedPorts {
  redis: number
  controlPlanes: readonly number[]
  nodes: Readonly<Record<string, NodePorts>>
}

export interface StackOptions {
  nodes?: readonly NodeSpec[]
  replicas?: number
  /** Default: a folder of its own that is removed at stop. */
  dataDir?: string
  /** Keeps the temporary folder, to read the logs. */
  keep?: boolean
  ports?: 'free' | FixedPorts
  secrets?: Secrets
  /** 'product' leaves the limits of the product; tests ask thousands of times from one address. */
  rates?: 'product' | { joinPerMin: number; createPerMin: number }
  logLevel?: string
  /** A store that somebody else has started, in place of a Redis of its own. */
  redisUrl?: string
  /** More environment for every control plane. */
  controlPlaneEnv?: Record<string, string>
  /** Called for each child as soon as it is ready. */
  onChild?: (child: Child) => void
  /** Stops everything, also in the middle of starting. */
  signal?: AbortSignal
}

export interface Stack {
  /** Of the first control plane; all replicas are in `urls`. */
  url: string
  urls: string[]
  dataDir: string
  redisUrl: string
  operatorKey: string
  enrolmentKey: string
  metricsKey: string
  secrets: Secrets
  redis: Child
  controlPlanes: ControlPlane[]
  nodes: EdgeNode[]
  addNode(spec: NodeSpec): Promise<EdgeNode>
  /** `env`: more than the others have. */
  addControlPlane(env?: Record<string, string>): Promise<ControlPlane>
  /** A LiveKit outside the fleet, to compare with. */
  addBareLivekit(spec: BareSpec): Promise<BareLivekit>
  stop(): Promise<void>
}

const TWO_NODES: readonly NodeSpec[] = [
  { id: 'hq-1', site: 'head-office' },
  { id: 'branch-1', site: 'branch' },
]
const NO_LIMIT = { joinPerMin: 10_000_000, createPerMin: 10_000_000 }

type BareSpec = Pick<NodeSpec, 'id' | 'pliThrottleMs'>
type BareLivekit = Omit<EdgeNode, 'id' | 'site' | 'agent' | 'leave'>
type Take = Pick<FreePorts, 'tcp' | 'udp'>

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { nodes: specs = TWO_NODES, replicas = 1, ports: wanted = 'free', secrets = makeSecrets() } = options
  const [redisBinary, livekitBinary] = await Promise.all([ensureRedis(), ensureLivekit()])
  const fixed = wanted === 'free' ? undefined : wanted
  const free = wanted === 'free' ? await claimFreePorts() : undefined
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'levee-'))
  const logs = join(dataDir, 'logs')
  mkdirSync(logs, { recursive: true, mode: 0o700 })
  const take: Take = free ?? {
    tcp: () => Promise.reject(new Error('no port was given for this part')),
    udp: () => Promise.reject(new Error('no port was given for this part')),
  }
  const redisPort = fixed?.redis ?? (await take.tcp())
  const redisUrl = options.redisUrl ?? `redis://127.0.0.1:${redisPort}`
  const born = options.onChild ?? (() => {})
  const nursery = openNursery()

  const controlPlanes: ControlPlane[] = []
  const nodes: EdgeNode[] = []
  let stopping: Promise<void> | undefined

  async function stopAll(): Promise<void> {
    await nursery.close()
    free?.release()
    if (!options.dataDir && !options.keep) rmSync(dataDir, { recursive: true, force: true })
  }
  const stop = () => (stopping ??= stopAll())
  options.signal?.addEventListener('abort', () => void stop(), { once: true })

  const launchLivekit = async ({ id, pliThrottleMs }: BareSpec): Promise<BareLivekit> => {
    const ports = fixed?.nodes[id] ?? (await freeNodePorts(take))
    const key = nodeKey(secrets, id)
    const dir = join(dataDir, 'nodes', id)
    const throttle = pliThrottleMs === undefined ? {} : { pliThrottleMs }
    const logFile = join(logs, `${id}-livekit.log`)
    const livekit = await startLivekit(nursery, {
      id,
      binary: livekitBinary,
      ports,
      key,
      dir,
      logFile,
      ...throttle,
    })
    born(livekit)
    return { livekit, ports, key, dir, url: `ws://localhost:${ports.signal}` }
  }

  const joinFleet = async (
    { id, site, agentEnv = {} }: NodeSpec,
    started: BareLivekit,
  ): Promise<EdgeNode> => {
    const controlPlaneUrl = controlPlanes[0]?.url ?? ''
    const logFile = join(logs, `${id}-agent.log`)
    const agent = await startAgent(nursery, {
      ...started,
      id,
      site,
      agentEnv,
      controlPlaneUrl,
      secrets,
      logFile,
    })
    born(agent)
    const parts = { ...started, id, site, agent }
    const node: EdgeNode = { ...parts, leave: () => leaveFleet(parts) }
    nodes.push(node)
    return node
  }

  const freeControlPlanePort = async (index: number) => fixed?.controlPlanes[index] ?? (await take.tcp())
  const controlPlanePorts: number[] = []
  const launchControlPlane = async (
    index: number,
    env: Record<string, string> = {},
  ): Promise<ControlPlane> => {
    const port = (controlPlanePorts[index] ??= await freeControlPlanePort(index))
    const one = await startControlPlane(nursery, {
      name: index === 0 && replicas === 1 ? 'control-plane' : `control-plane-${index + 1}`,
      port,
      // The first one's address is the public one of all.
      publicUrl: `http://localhost:${controlPlanePorts[0]}`,
      redisUrl,
      secrets,
      logs,
      logLevel: options.logLevel ?? 'info',
      ...(options.rates !== 'product' && { rates: options.rates ?? NO_LIMIT }),
      env: { ...options.controlPlaneEnv, ...env },
    })
    born(one)
    controlPlanes[index] = one
    return one
  }

  try {
    const redisOptions = { binary: redisBinary, port: redisPort, dir: join(dataDir, 'redis') }
    const [redis, livekits] = await Promise.all([
      options.redisUrl === undefined
        ? startRedis(nursery, { ...redisOptions, logFile: join(logs, 'redis.log') })
        : undefined,
      Promise.all(specs.map(launchLivekit)),
    ])
    if (redis) born(redis)
    for (let i = 0; i < replicas; i++) controlPlanePorts.push(await freeControlPlanePort(i))
    await Promise.all(controlPlanePorts.map((_, i) => launchControlPlane(i)))
    await Promise.all(livekits.map((livekit, i) => joinFleet(specs[i]!, livekit)))
    return {
      get url() {
        return controlPlanes[0]?.url ?? ''
      },
      get urls() {
        return controlPlanes.map(({ url }) => url)
      },
      ...secrets,
      secrets,
      dataDir,
      redisUrl,
      get redis() {
        if (!redis) throw new Error('this stack has no Redis of its own')
        return redis
      },
      controlPlanes,
      nodes,
      addNode: async (spec) => joinFleet(spec, await launchLivekit(spec)),
      addControlPlane: (env) => launchControlPlane(controlPlanePorts.length, env),
      addBareLivekit: launchLivekit,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function freeNodePorts(take: Take): Promise<NodePorts> {
  return {
    signal: await take.tcp(),
    metrics: await take.tcp(),
    agent: await take.tcp(),
    rtcUdp: await take.udp(),
    turnUdp: await take.udp(),
  }
}
