// The blows, each with the proofs that it fell and with what mends it.
import { setTimeout as pause } from 'node:timers/promises'
import { sendRedisCommand } from '../../../deploy/stack/redis/redis.ts'
import { until } from '../../../deploy/stack/until.ts'
import { nodeStatus } from '../../../deploy/stack/edge-node.ts'
import { post } from '../people/meeting.ts'
import {
  type Before,
  type Proof,
  type Target,
  agentGone,
  agentStopped,
  knock,
  livekitGone,
  livekitStopped,
  lookBefore,
  nodeDraining,
  nodeIsBack,
  nodeRefuses,
  nodeSilent,
  portOf,
  redisEmptied,
  redisGone,
  replicasGone,
  siteSilent,
} from './proofs.ts'

export interface Fault {
  what: string
  /** May give the moment from which the outage counts, when that is not the blow. */
  strike: (target: Target) => Promise<{ countFromMs: number } | void>
  proofs: readonly Proof[]
  mend: (target: Target) => Promise<void>
}

export interface Blow {
  /** Just before it fell; milliseconds since 1970. */
  atMs: number
  countFromMs: number
  proofs: string[]
}

/** Throws NotStruck when the proofs fail, so that no trial counts in which nothing happened. */
export async function strike(fault: Fault, target: Target): Promise<Blow> {
  const before: Before = await lookBefore(target)
  const atMs = Date.now()
  const { countFromMs = atMs } = (await fault.strike(target)) ?? {}
  const proofs: string[] = []
  for (const proof of fault.proofs) proofs.push(await proof(before, target))
  return { atMs, countFromMs, proofs }
}

const kill = async (child: Target['node']['livekit']): Promise<void> => {
  child.kill('SIGKILL')
  await child.exited
}

/** Until the fleet sends people there again. */
const serves = async ({ stack, node }: Target): Promise<void> => {
  await until(async () => (await nodeStatus(stack.url, stack.operatorKey, node.id)) === 'serving', {
    what: `${node.id} serving again`,
    timeoutMs: 60_000,
  })
}

export const killLivekit: Fault = {
  what: 'kill -9 of LiveKit, never back; its agent stays',
  strike: ({ node }) => kill(node.livekit),
  proofs: [livekitGone, nodeRefuses],
  async mend(target) {
    await target.node.livekit.restart()
    await serves(target)
  },
}

export const killNode: Fault = {
  what: 'kill -9 of LiveKit and agent together',
  async strike({ node }) {
    await Promise.all([kill(node.livekit), kill(node.agent)])
  },
  proofs: [livekitGone, agentGone, nodeRefuses],
  async mend(target) {
    await target.node.livekit.restart()
    await target.node.agent.restart()
    await serves(target)
  },
}

export const hangLivekit: Fault = {
  what: 'SIGSTOP of LiveKit',
  strike: async ({ node }) => node.livekit.kill('SIGSTOP'),
  proofs: [livekitStopped],
  async mend(target) {
    // Not woken: what it held would come back to life in the next trial.
    target.node.livekit.kill('SIGKILL')
    await target.node.livekit.restart()
    await serves(target)
  },
}

/** Where no networks can be made: the kernel takes packets in that nobody reads, as in a machine that hangs. */
export const hangNode: Fault = {
  what: 'SIGSTOP of LiveKit and agent together (no network namespaces here)',
  async strike({ node }) {
    node.livekit.kill('SIGSTOP')
    node.agent.kill('SIGSTOP')
  },
  proofs: [livekitStopped, agentStopped],
  async mend(target) {
    for (const child of [target.node.livekit, target.node.agent]) {
      child.kill('SIGKILL')
      await child.restart()
    }
    await serves(target)
  },
}

const networkOf = ({ node }: Target) => {
  if (!node.network) throw new Error(`${node.id} has no network of its own`)
  return node.network
}

export const vanishNode: Fault = {
  what: 'host gone: its packets dropped without a reset, LiveKit and agent killed',
  async strike(target) {
    networkOf(target).cut()
    await Promise.all([kill(target.node.livekit), kill(target.node.agent)])
  },
  proofs: [nodeSilent, livekitGone, agentGone],
  async mend(target) {
    networkOf(target).heal()
    await killNode.mend(target)
  },
}

/** All nodes of the site at once; each of them is mended. */
export const vanishSite: Fault = {
  what: 'site gone: the packets of all its nodes dropped without a reset, LiveKit and agents killed',
  async strike(target) {
    await Promise.all(nodesOf(target).map((node) => vanishNode.strike({ ...target, node })))
  },
  proofs: [siteSilent, livekitGone, agentGone],
  async mend(target) {
    await Promise.all(nodesOf(target).map((node) => vanishNode.mend({ ...target, node })))
  },
}

const nodesOf = ({ node, beside = [] }: Target) => [node, ...beside]

const AWAY_MS = 5_000

export const restartLivekit: Fault = {
  what: 'kill -9 of LiveKit, the same one back after 5 s; counted from its return',
  async strike({ node }) {
    await kill(node.livekit)
    await pause(AWAY_MS)
    const back = until(async () => (await knock(node.url)) === 'open' && { countFromMs: Date.now() }, {
      what: 'the port being open again',
      everyMs: 2,
    })
    await node.livekit.restart()
    return back
  },
  proofs: [livekitGone, nodeIsBack],
  mend: serves,
}

/** Levee’s own planned move; taken back afterwards. */
export const drainNode: Fault = {
  what: 'drain by the operator',
  async strike({ stack, node }) {
    await post(`${stack.url}/v1/nodes/${node.id}/drain`, {}, stack.operatorKey)
  },
  proofs: [nodeDraining],
  async mend(target) {
    await post(`${target.stack.url}/v1/nodes/${target.node.id}/uncordon`, {}, target.stack.operatorKey)
    await serves(target)
  },
}

export const stopReplicas: Fault = {
  what: 'all control planes stopped',
  strike: async ({ stack }) => void (await Promise.all(stack.controlPlanes.map((one) => one.stop()))),
  proofs: [replicasGone],
  mend: async ({ stack }) => void (await Promise.all(stack.controlPlanes.map((one) => one.restart()))),
}

export const killRedis: Fault = {
  what: 'kill -9 of Redis; back with its append-only file',
  strike: ({ stack }) => kill(stack.redis),
  proofs: [redisGone],
  mend: ({ stack }) => stack.redis.restart(),
}

export const stopRedis: Fault = {
  ...killRedis,
  what: 'Redis stopped',
  strike: ({ stack }) => stack.redis.stop(),
}

export const flushRedis: Fault = {
  what: 'Redis emptied',
  strike: async ({ stack }) => void (await sendRedisCommand(portOf(stack.redisUrl), 'FLUSHALL')),
  proofs: [redisEmptied],
  mend: async () => {},
}
