// The whole product as child processes: Redis, control planes and edge nodes, for `npm start`, tests and benchmarks.
import { join } from 'node:path'
import {
  type ControlPlaneOptions,
  type ControlPlanePorts,
  type ControlPlaneStack,
  runControlPlanes,
} from './control-plane-stack.ts'
import { type EdgeNode, type NodePorts, leaveFleet, startAgent } from './edge-node.ts'
import { type LivekitOptions, startLivekit } from './livekit.ts'
import type { FreePorts } from './network/free-ports.ts'
import { nodeKey } from './secrets.ts'
import { type HostOptions, type StackHost, openStackHost } from './stack-host.ts'
import { ensureLivekit } from './tools/livekit.ts'

export type { Child } from './processes/child-spec.ts'
export type { EdgeNode } from './edge-node.ts'

export interface NodeSpec {
  id: string
  site: string
  /** See LivekitOptions. */
  pliThrottleMs?: LivekitOptions['pliThrottleMs']
  /** Additional environment for this node's agent. */
  agentEnv?: Record<string, string>
}

export interface FixedPorts extends ControlPlanePorts {
  nodes: Readonly<Record<string, NodePorts>>
}

export interface StackOptions extends ControlPlaneOptions, HostOptions {
  nodes?: readonly NodeSpec[]
  ports?: 'free' | FixedPorts
}

export interface Stack extends ControlPlaneStack {
  nodes: EdgeNode[]
  addNode(spec: NodeSpec): Promise<EdgeNode>
  /** Starts a LiveKit server without an agent, for comparison. */
  addBareLivekit(spec: BareSpec): Promise<BareLivekit>
}

type BareSpec = Pick<NodeSpec, 'id' | 'pliThrottleMs'>
type BareLivekit = Omit<EdgeNode, 'id' | 'site' | 'agent' | 'leave'>

const TWO_NODES: readonly NodeSpec[] = [
  { id: 'hq-1', site: 'head-office' },
  { id: 'branch-1', site: 'branch' },
]

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { nodes: specs = TWO_NODES, ports = 'free' } = options
  const fixed = ports === 'free' ? undefined : ports
  // Before the host is opened: building it takes minutes, and an abort then leaves nothing behind.
  if (specs.length > 0) await ensureLivekit()
  const host = await openStackHost(options, fixed ? 'fixed' : 'free')
  try {
    const [controlPlanes, livekits] = await Promise.all([
      runControlPlanes(host, options, fixed),
      Promise.all(specs.map((spec) => launchLivekit(host, spec, fixed?.nodes[spec.id]))),
    ])
    const nodes: EdgeNode[] = []
    const joinFleet = async (spec: NodeSpec, livekit: BareLivekit): Promise<EdgeNode> => {
      const node = await startNode(host, controlPlanes.url, spec, livekit)
      nodes.push(node)
      return node
    }
    await Promise.all(livekits.map((livekit, i) => joinFleet(specs[i]!, livekit)))
    const addBareLivekit = (spec: BareSpec) => launchLivekit(host, spec)
    const more: Pick<Stack, 'nodes' | 'addNode' | 'addBareLivekit'> = {
      nodes,
      addNode: async (spec) => joinFleet(spec, await addBareLivekit(spec)),
      addBareLivekit,
    }
    // Not a spread: `url`, `urls` and `redis` are read when they are used.
    return Object.assign(controlPlanes, more)
  } catch (error) {
    await host.stop()
    throw error
  }
}

async function launchLivekit(
  { processes, ports, secrets, dataDir, logs }: StackHost,
  { id, pliThrottleMs }: BareSpec,
  fixed?: NodePorts,
): Promise<BareLivekit> {
  const binary = await ensureLivekit()
  const nodePorts = fixed ?? (await freeNodePorts(ports))
  const key = nodeKey(secrets, id)
  const dir = join(dataDir, 'nodes', id)
  const livekit = await startLivekit(processes, {
    id,
    binary,
    ports: nodePorts,
    key,
    dir,
    logFile: join(logs, `${id}-livekit.log`),
    ...(pliThrottleMs !== undefined && { pliThrottleMs }),
  })
  return { livekit, ports: nodePorts, key, dir, url: `ws://localhost:${nodePorts.signal}` }
}

async function startNode(
  { processes, secrets, logs }: StackHost,
  controlPlaneUrl: string,
  { id, site, agentEnv = {} }: NodeSpec,
  livekit: BareLivekit,
): Promise<EdgeNode> {
  const logFile = join(logs, `${id}-agent.log`)
  const options = { ...livekit, id, site, agentEnv, controlPlaneUrl, secrets, logFile }
  const parts = { ...livekit, id, site, agent: await startAgent(processes, options) }
  return { ...parts, leave: () => leaveFleet(parts) }
}

async function freeNodePorts(ports: Pick<FreePorts, 'tcp' | 'udp'>): Promise<NodePorts> {
  return {
    signal: await ports.tcp(),
    metrics: await ports.tcp(),
    agent: await ports.tcp(),
    rtcUdp: await ports.udp(),
    turnUdp: await ports.udp(),
  }
}
