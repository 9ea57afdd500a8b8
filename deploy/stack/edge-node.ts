// One edge node: a LiveKit server and its agent.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { repoDir } from '../setup/pins.mjs'
import { plainEnv } from './environment.ts'
import type { LivekitPorts } from './livekit.ts'
import { LOOPBACK } from './network/free-ports.ts'
import { type Child, describeExit } from './processes/child-spec.ts'
import type { ProcessGroup } from './processes/process-group.ts'
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
   * Stops the node as an administrator would: the agent drains it and leaves the fleet, which takes until all
   * participants have been moved, then LiveKit is stopped. `restart` of LiveKit, then of the agent, brings the node
   * back.
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
export function startAgent(processes: Pick<ProcessGroup, 'start'>, options: AgentOptions): Promise<Child> {
  const { id, site, url, ports, key, dir, controlPlaneUrl, secrets, logFile, agentEnv } = options
  const stateDir = join(dir, 'agent')
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  return processes.start({
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
      // All nodes run on this machine: each agent counts only the CPU time of its own LiveKit.
      LEVEE_CPU_SCOPE: 'process',
      LEVEE_LOG_LEVEL: 'info',
      ...agentEnv,
    },
    logFile,
    ready: async () =>
      (await answers(`http://${LOOPBACK}:${ports.agent}/livez`)) &&
      (await nodeStatus(controlPlaneUrl, secrets.operatorKey, id)) === 'serving',
    // SIGINT ends the agent at once; SIGTERM first drains the node, which waits until participants have been moved.
    stopSignals: ['SIGINT'],
    stopRank: 0,
  })
}

/** See EdgeNode.leave. Throws when the agent does not exit with code 0. */
export async function leaveFleet({ agent, livekit }: Pick<EdgeNode, 'agent' | 'livekit'>): Promise<void> {
  const exit = await agent.endGracefully('SIGTERM')
  if (exit.code !== 0) throw new Error(`${agent.name} did not leave in order: ${describeExit(exit)}`)
  await livekit.stop()
}

/** Status of the node in GET /v1/fleet; undefined when the node is not listed. */
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
