// An edge node behind a network of its own, so that it can vanish as a host does.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessGroup } from '../../../deploy/stack/processes/process-group.ts'
import {
  type EdgeNode,
  type NodePorts,
  leaveFleet,
  nodeStatus,
  startAgent,
} from '../../../deploy/stack/edge-node.ts'
import { livekitConfig } from '../../../deploy/stack/livekit.ts'
import { LOOPBACK } from '../../../deploy/stack/network/free-ports.ts'
import { nodeKey, writePrivate } from '../../../deploy/stack/secrets.ts'
import type { NodeSpec, Stack } from '../../../deploy/stack/stack.ts'
import { ensureLivekit } from '../../../deploy/stack/tools/livekit.ts'
import { answers } from '../../../deploy/stack/until.ts'
import type { Network } from './network-namespace.ts'

export interface FarNode extends EdgeNode {
  network: Network
}

/** Nobody else is there. */
const PORTS: NodePorts = { signal: 7880, metrics: 6789, agent: 9180, rtcUdp: 7882, turnUdp: 3478 }

/** The control planes must listen on all addresses. */
export async function startFarNode(
  processes: ProcessGroup,
  stack: Stack,
  { id, site, agentEnv = {} }: NodeSpec,
  network: Network,
): Promise<FarNode> {
  const dir = join(stack.dataDir, 'nodes', id)
  const logFile = (part: string) => join(stack.dataDir, 'logs', `${id}-${part}.log`)
  const key = nodeKey(stack.secrets, id)
  const binary = await ensureLivekit()
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const config = join(dir, 'livekit.yaml')
  const near = livekitConfig({ id, binary, ports: PORTS, key, dir, logFile: logFile('livekit') }) as {
    rtc: object
    turn: object
  }
  const far = {
    ...near,
    bind_addresses: [network.nodeIp, LOOPBACK],
    rtc: {
      ...near.rtc,
      node_ip: network.nodeIp,
      enable_loopback_candidate: false,
      ips: { includes: [`${network.nodeIp}/32`] },
    },
    turn: { ...near.turn, bind_addresses: [network.nodeIp] },
  }
  writePrivate(config, `${JSON.stringify(far, null, 2)}\n`)
  const livekit = await processes.start({
    name: `${id}/livekit`,
    ...network.inside(binary, ['--config', config]),
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
      // Its own port is inside as well; that the fleet lists it as serving is enough.
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
