// Enrols nodes, each site from its own address as branches do.
import { PROTOCOL_VERSION } from '@levee/control-plane/protocol/version'
import type { EnrolNode, Enrolled } from '@levee/control-plane/contract'
import { json, openWire } from '../../lib/http-wire.ts'
import { ENROLLING_SITES, ENROLMENTS_PER_ADDRESS, ENROL_TIMEOUT_MS } from '../tuning.ts'
import type { Agent } from './agent.ts'
import type { Machine, MachineSpec } from './machine.ts'

export interface EnrolOptions {
  urls: readonly string[]
  enrolmentKey: string
  /** Overrides the period that the control plane asks for. */
  reportEveryMs?: number | undefined
  signal?: AbortSignal | undefined
}

/** Each agent starts to report as soon as it is enrolled. */
export async function enrolAll(agents: readonly Agent[], options: EnrolOptions): Promise<void> {
  const { urls } = options
  const groups = byAddress(agents)
  const worker = async (url: string) => {
    for (let group = groups.pop(); group; group = groups.pop()) {
      options.signal?.throwIfAborted()
      await enrolGroup(group, url, options)
    }
  }
  await Promise.all(Array.from({ length: ENROLLING_SITES }, (_, i) => worker(urls[i % urls.length] ?? '')))
}

interface Group {
  address: string
  members: Agent[]
}

async function enrolGroup({ address, members }: Group, url: string, options: EnrolOptions): Promise<void> {
  const wire = openWire({ url, connections: 1, timeoutMs: ENROL_TIMEOUT_MS, localAddress: address })
  const call = wire.call('POST', '/v1/nodes/enrol', options.enrolmentKey)
  try {
    for (const agent of members) {
      const reply = await wire.send(call, json(enrolmentOf(agent.machine)))
      if (reply.status !== 200) throw new Error(`enrolment answered ${reply.status}: ${reply.body}`)
      const { seal, reportEveryMs } = JSON.parse(reply.body) as Enrolled
      agent.start(seal, options.reportEveryMs ?? reportEveryMs)
    }
  } finally {
    wire.close()
  }
}

function byAddress(agents: readonly Agent[]): Group[] {
  const sites = Map.groupBy(agents, ({ machine }) => machine.site)
  const parts = [...sites.values()].flatMap((members) =>
    Array.from({ length: Math.ceil(members.length / ENROLMENTS_PER_ADDRESS) }, (_, i) =>
      members.slice(i * ENROLMENTS_PER_ADDRESS, (i + 1) * ENROLMENTS_PER_ADDRESS),
    ),
  )
  return parts.map((members, i) => ({ address: `127.${16 + (i >> 8)}.${i & 255}.1`, members }))
}

export function enrolmentOf(machine: MachineSpec | Machine): EnrolNode {
  const { node, site, zone, secret } = machine
  return {
    protocol: PROTOCOL_VERSION,
    node,
    site,
    zone,
    url: `wss://${node}.example.org`,
    apiKey: `key-${node}`,
    apiSecret: `livekit-${secret}`,
    nodeSecret: secret,
    agentVersion: 'simulated',
  }
}
