// Proofs that a fault really happened. Each looks at the machine itself, not at the result of the injection.
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { sendRedisCommand } from '@levee/deploy/redis/redis'
import type { EdgeNode, Stack } from '@levee/deploy/stack'
import { until } from '@levee/deploy/until'
import { PROBE_TIMEOUT_MS, PROOF_WITHIN_MS } from '../tuning.ts'
import type { Network } from './network-namespace.ts'

export type TargetNode = EdgeNode & { network?: Network }

export interface Target {
  stack: Stack
  node: TargetNode
  /** The other nodes of its site. */
  neighbours?: readonly TargetNode[]
}

/** Process ids before the fault. */
export interface Before {
  livekitPid: number
  agentPid: number
  replicaPids: number[]
  redisPid: number
}

/** Returns a sentence for the report. @throws NotInjected */
export type Proof = (before: Before, target: Target) => Promise<string>

/** The fault did not happen, so the trial does not count. */
export class NotInjected extends Error {
  override name = 'NotInjected'
}

const CANARY = 'chaos:canary'

/** `canary`: writes a key to Redis that is gone after a loss of all data. */
export async function observe({ stack, node }: Target, { canary = true } = {}): Promise<Before> {
  if (canary) await sendRedisCommand(portOf(stack.redisUrl), `SET ${CANARY} 1`)
  return {
    livekitPid: node.livekit.pid,
    agentPid: node.agent.pid,
    replicaPids: stack.controlPlanes.map(({ pid }) => pid),
    redisPid: stack.redis.pid,
  }
}

export const portOf = (url: string): number => Number(new URL(url).port)

/** One letter of /proc: R, S, T (stopped), Z (ended, not reaped); undefined if there is no such process. */
function processState(pid: number): string | undefined {
  if (!existsSync(`/proc/${pid}`)) return undefined
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2)[0]
}

async function prove(what: string, condition: () => boolean | Promise<boolean>): Promise<string> {
  try {
    await until(condition, { what, timeoutMs: PROOF_WITHIN_MS, everyMs: 5 })
  } catch (error) {
    throw new NotInjected(`The fault did not happen: no proof that ${what}`, { cause: error })
  }
  return what
}

const processGone = (what: string, pid: number) =>
  prove(`${what} (pid ${pid}) is gone`, () => [undefined, 'Z'].includes(processState(pid)))

export const livekitGone: Proof = ({ livekitPid }, { node }) =>
  processGone(`LiveKit of ${node.id}`, livekitPid)

export const agentGone: Proof = ({ agentPid }, { node }) => processGone(`agent of ${node.id}`, agentPid)

export const livekitStopped: Proof = ({ livekitPid }, { node }) =>
  prove(`LiveKit of ${node.id} (pid ${livekitPid}) is stopped`, () => processState(livekitPid) === 'T')

export const agentStopped: Proof = ({ agentPid }, { node }) =>
  prove(`agent of ${node.id} (pid ${agentPid}) is stopped`, () => processState(agentPid) === 'T')

export const redisGone: Proof = ({ redisPid }) => processGone('Redis', redisPid)

export const replicasGone: Proof = async ({ replicaPids }) =>
  (await Promise.all(replicaPids.map((pid) => processGone('control plane', pid)))).join(', ')

export const redisEmptied: Proof = (_, { stack }) =>
  prove('Redis has lost its data', async () =>
    (await sendRedisCommand(portOf(stack.redisUrl), `GET ${CANARY}`)).startsWith('$-1'),
  )

type PortState = 'open' | 'refused' | 'silent' | 'unreachable'

export function probePort(url: string): Promise<PortState> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname === 'localhost' ? '127.0.0.1' : hostname, port: Number(port) })
    const end = (state: PortState) => {
      socket.destroy()
      resolve(state)
    }
    socket.setTimeout(PROBE_TIMEOUT_MS, () => end('silent'))
    socket.once('connect', () => end('open'))
    socket.once('error', (error) =>
      end('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable'),
    )
  })
}

export const nodeRefuses: Proof = (_, { node }) =>
  prove(`${node.url} refuses connections`, async () => (await probePort(node.url)) === 'refused')

/** Neither an answer nor a refusal, as with a host that no longer exists. */
export const nodeSilent: Proof = (_, { node }) =>
  prove(`${node.url} drops packets silently`, async () => (await probePort(node.url)) === 'silent')

export const siteSilent: Proof = async (before, target) =>
  (
    await Promise.all(
      [target.node, ...(target.neighbours ?? [])].map((node) => nodeSilent(before, { ...target, node })),
    )
  ).join(', ')

export const nodeBack: Proof = ({ livekitPid }, { node }) =>
  prove(
    `${node.url} is open again, from another process`,
    async () => node.livekit.pid !== livekitPid && (await probePort(node.url)) === 'open',
  )

export const nodeDraining: Proof = (_, { stack, node }) =>
  prove(`${node.id} is draining`, async () => {
    const reply = await fetch(`${stack.url}/v1/nodes?limit=500`, {
      headers: { authorization: `Bearer ${stack.operatorKey}` },
    })
    const { nodes } = (await reply.json()) as { nodes: { node: string; state: string }[] }
    return nodes.find((one) => one.node === node.id)?.state === 'draining'
  })
