// An edge node in its own network, so that its whole host can be lost.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessGroup } from '@levee/deploy/processes/process-group'
import { type EdgeNode, type NodePorts, leaveFleet, nodeStatus, startAgent } from '@levee/deploy/edge-node'
import { livekitConfig } from '@levee/deploy/livekit'
import { LOOPBACK } from '@levee/deploy/network/free-ports'
import { nodeKey, writePrivate } from '@levee/deploy/secrets'
import type { NodeSpec, Stack } from '@levee/deploy/stack'
import { ensureLivekit } from '@levee/deploy/tools/livekit'
import { answers } from '@levee/deploy/until'
import type { Network } from './network-namespace.ts'

export interface IsolatedNode extends EdgeNode {
  network: Network
}

/** The default ports: nothing else listens in this network. */
const PORTS: NodePorts = { signal: 7880, metrics: 6789, agent: 9180, rtcUdp: 7882, turnUdp: 3478 }

/** The control planes must listen on all addresses. */
export async function startIsolatedNode(
  processes: ProcessGroup,
  stack: Stack,
  { id, site, agentEnv = {} }: NodeSpec,
  network: Network,
): Promise<IsolatedNode> {
  const dir = join(stack.dataDir, 'nodes', id)
  const logFile = (part: string) => join(stack.dataDir, 'logs', `${id}-${part}.log`)
  const key = nodeKey(stack.secrets, id)
  const binary = await ensureLivekit()
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const configFile = join(dir, 'livekit.yaml')
  const config = livekitConfig({ id, binary, ports: PORTS, key, dir, logFile: logFile('livekit') }) as {
    rtc: object
    turn: object
  }
  const isolatedConfig = {
    ...config,
    bind_addresses: [network.nodeIp, LOOPBACK],
    rtc: {
      ...config.rtc,
      node_ip: network.nodeIp,
      enable_loopback_candidate: false,
      ips: { includes: [`${network.nodeIp}/32`] },
    },
    turn: { ...config.turn, bind_addresses: [network.nodeIp] },
  }
  writePrivate(configFile, `${JSON.stringify(isolatedConfig, null, 2)}\n`)
  const livekit = await processes.start({
    name: `${id}/livekit`,
    ...network.inside(binary, ['--config', configFile]),
    cwd: dir,
    logFile: logFile('livekit'),
    ready: () => answers(`http://${network.nodeIp}:${PORTS.signal}/`),
    stopSignals: ['SIGTERM', 'SIGTERM'],
    graceMs: 400,
    stopRank: 1,
  })
  const url = `ws://${network.nodeIp}:${PORTS.signal}`
  const { port } = new URL(stack.url)
  const agent = await startAgent(
    {
      ...processes,
      // The agent's status port is inside the namespace; it is enough that the fleet shows the node as serving.
      start: (spec) =>
        processes.start({
          ...spec,
          ...network.inside(spec.command, spec.args),
          ready: async () => (await nodeStatus(stack.url, stack.operatorKey, id)) === 'serving',
        }),
    },
    {
      id,
      site,
      url,
      ports: PORTS,
      key,
      dir,
      controlPlaneUrl: `http://${network.hostIp}:${port}`,
      secrets: stack.secrets,
      logFile: logFile('agent'),
      agentEnv,
    },
  )
  const leave = () => leaveFleet({ agent, livekit })
  return { id, site, url, ports: PORTS, key, dir, livekit, agent, leave, network }
}
