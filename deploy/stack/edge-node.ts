// One edge node: LiveKit and the agent beside it.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Child, type Nursery, describeExit } from './children.ts'
import { plainEnv } from './environment.ts'
import type { LivekitPorts } from './livekit.ts'
import { repoDir } from '../setup/pins.mjs'
import { LOOPBACK } from './ports.ts'
import type { LivekitKey, Secrets } from './secrets.ts'
import { answers } from './until.ts'

export interface NodePorts extends LivekitPorts {
  agent: number
}

export interface EdgeNode {
  readonly id: string
  readonly site: string
  /** WebSocket address that browsers use. */
  readonly url: string
  readonly ports: NodePorts
  readonly key: LivekitKey
  readonly dir: string
  readonly livekit: Child
  readonly agent: Child
  /**
   * Stops the node in order, as an administrator would: the agent leaves the fleet, which takes as long as its people
   * need to be moved, then LiveKit ends. `restart` of both, LiveKit first, brings it back.
   */
  leave(): Promise<void>
}

export interface AgentOptions extends Pick<EdgeNode, 'id' | 'site' | 'url' | 'ports' | 'key' | 'dir'> {
  controlPlaneUrl: string
  secrets: Secrets
  logFile: string
  agentEnv: Record<string, string>
}

/** Ready when the control plane lists the node as serving. */
export function startAgent(nursery: Nursery, options: AgentOptions): Promise<Child> {
  const { id, site, url, ports, key, dir, controlPlaneUrl, secrets, logFile, agentEnv } = options
  const stateDir = join(dir, 'agent')
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  return nursery.start({
    name: `${id}/agent`,
    command: process.execPath,
    args: [join(repoDir, 'edge-agent', 'src', 'main.ts')],
    cwd: repoDir,
    env: {
      ...plainEnv(),
      LEVEE_CONTROL_PLANE_URL: controlPlaneUrl,
      LEVEE_ENROLMENT_KEY: secrets.enrolmentKey,
      LEVEE_NODE_ID: id,
      LEVEE_SITE: site,
      LEVEE_NODE_URL: url,
      LEVEE_LIVEKIT_URL: `http://${LOOPBACK}:${ports.signal}`,
      LEVEE_LIVEKIT_METRICS_URL: `http://${LOOPBACK}:${ports.metrics}/metrics`,
      LEVEE_LIVEKIT_API_KEY: key.apiKey,
      LEVEE_LIVEKIT_API_SECRET: key.apiSecret,
      LEVEE_STATE_DIR: stateDir,
      LEVEE_AGENT_HOST: LOOPBACK,
      LEVEE_AGENT_PORT: String(ports.agent),
      // Nodes share this machine: each counts only its own LiveKit's CPU.
      LEVEE_CPU_SCOPE: 'process',
      LEVEE_LOG_LEVEL: 'info',
      ...agentEnv,
    },
    logFile,
    ready: async () =>
      (await answers(`http://${LOOPBACK}:${ports.agent}/livez`)) &&
      (await nodeStatus(controlPlaneUrl, secrets.operatorKey, id)) === 'serving',
    // At once: SIGTERM would have it leave the fleet first, and wait for people to be moved.
    stopSignals: ['SIGINT'],
    stopRank: 0,
  })
}

/** See EdgeNode. Rejects when the agent does not end well. */
export async function leaveFleet({ agent, livekit }: Pick<EdgeNode, 'agent' | 'livekit'>): Promise<void> {
  const exit = await agent.finish('SIGTERM')
  if (exit.code !== 0) throw new Error(`${agent.name} did not leave in order: ${describeExit(exit)}`)
  await livekit.stop()
}

/** What operations would see of the node; undefined when the fleet does not know it. */
export async function nodeStatus(
  controlPlaneUrl: string,
  operatorKey: string,
  id: string,
): Promise<string | undefined> {
  const reply = await fetch(`${controlPlaneUrl}/v1/fleet`, {
    headers: { authorization: `Bearer ${operatorKey}` },
    signal: AbortSignal.timeout(1_000),
  })
  if (!reply.ok) throw new Error(`GET /v1/fleet answered ${reply.status}`)
  const fleet = (await reply.json()) as { nodes: { node: string; status: string }[] }
  return fleet.nodes.find(({ node }) => node === id)?.status
}
