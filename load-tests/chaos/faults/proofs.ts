// Did it really happen? Each proof looks at the machine itself, never at what an injector says about its own work.
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { sendRedisCommand } from '../../../deploy/stack/redis/redis.ts'
import type { EdgeNode, Stack } from '../../../deploy/stack/stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import type { Network } from './network-namespace.ts'

/** What is to be hit. */
export interface Target {
  stack: Stack
  node: EdgeNode & { network?: Network }
  /** The other nodes of its site. */
  beside?: readonly Target['node'][]
}

/** How it stood before the blow. */
export interface Before {
  livekitPid: number
  agentPid: number
  replicaPids: number[]
  redisPid: number
}

/** Gives a sentence for the report; throws NotStruck. */
export type Proof = (before: Before, target: Target) => Promise<string>

/** A trial in which nothing happened is no trial. */
export class NotStruck extends Error {
  override name = 'NotStruck'
}

/** The system reaps a killed process, and closes its ports, within milliseconds. */
const PROOF_WITHIN_MS = 1_000

const CANARY = 'chaos:canary'

/** `canary`: leaves a key in Redis by which a loss of all is seen. */
export async function lookBefore({ stack, node }: Target, { canary = true } = {}): Promise<Before> {
  if (canary) await sendRedisCommand(portOf(stack.redisUrl), `SET ${CANARY} 1`)
  return {
    livekitPid: node.livekit.pid,
    agentPid: node.agent.pid,
    replicaPids: stack.controlPlanes.map(({ pid }) => pid),
    redisPid: stack.redis.pid,
  }
}

export const portOf = (url: string): number => Number(new URL(url).port)

/** One letter of /proc: R, S, T (stopped), Z (ended, not reaped); undefined when there is no such process. */
function stateOf(pid: number): string | undefined {
  if (!existsSync(`/proc/${pid}`)) return undefined
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2)[0]
}

async function shown(what: string, condition: () => boolean | Promise<boolean>): Promise<string> {
  try {
    await until(condition, { what, timeoutMs: PROOF_WITHIN_MS, everyMs: 5 })
  } catch (error) {
    throw new NotStruck(`nothing was struck: not shown that ${what}`, { cause: error })
  }
  return what
}

const goneProcess = (what: string, pid: number) =>
  shown(`${what} (pid ${pid}) is gone`, () => [undefined, 'Z'].includes(stateOf(pid)))

export const livekitGone: Proof = ({ livekitPid }, { node }) =>
  goneProcess(`LiveKit of ${node.id}`, livekitPid)

export const agentGone: Proof = ({ agentPid }, { node }) => goneProcess(`agent of ${node.id}`, agentPid)

export const livekitStopped: Proof = ({ livekitPid }, { node }) =>
  shown(`LiveKit of ${node.id} (pid ${livekitPid}) is stopped`, () => stateOf(livekitPid) === 'T')

export const agentStopped: Proof = ({ agentPid }, { node }) =>
  shown(`agent of ${node.id} (pid ${agentPid}) is stopped`, () => stateOf(agentPid) === 'T')

export const redisGone: Proof = ({ redisPid }) => goneProcess('Redis', redisPid)

export const replicasGone: Proof = async ({ replicaPids }) =>
  (await Promise.all(replicaPids.map((pid) => goneProcess('control plane', pid)))).join(', ')

export const redisEmptied: Proof = (_, { stack }) =>
  shown('Redis has lost what it had', async () =>
    (await sendRedisCommand(portOf(stack.redisUrl), `GET ${CANARY}`)).startsWith('$-1'),
  )

type Knock = 'open' | 'refused' | 'silent' | 'unreachable'

/** What somebody meets who dials there. */
export function knock(url: string, timeoutMs = 300): Promise<Knock> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname === 'localhost' ? '127.0.0.1' : hostname, port: Number(port) })
    const end = (how: Knock) => {
      socket.destroy()
      resolve(how)
    }
    socket.setTimeout(timeoutMs, () => end('silent'))
    socket.once('connect', () => end('open'))
    socket.once('error', (error) =>
      end('code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable'),
    )
  })
}

export const nodeRefuses: Proof = (_, { node }) =>
  shown(`${node.url} refuses connections`, async () => (await knock(node.url)) === 'refused')

/** Neither an answer nor a refusal: what a host looks like that is no more. */
export const nodeSilent: Proof = (_, { node }) =>
  shown(`${node.url} drops packets without a word`, async () => (await knock(node.url)) === 'silent')

export const siteSilent: Proof = async (before, target) =>
  (
    await Promise.all(
      [target.node, ...(target.beside ?? [])].map((node) => nodeSilent(before, { ...target, node })),
    )
  ).join(', ')

export const nodeIsBack: Proof = ({ livekitPid }, { node }) =>
  shown(
    `${node.url} is open again, by another process`,
    async () => node.livekit.pid !== livekitPid && (await knock(node.url)) === 'open',
  )

export const nodeDraining: Proof = (_, { stack, node }) =>
  shown(`${node.id} is draining`, async () => {
    const reply = await fetch(`${stack.url}/v1/nodes?limit=500`, {
      headers: { authorization: `Bearer ${stack.operatorKey}` },
    })
    const { nodes } = (await reply.json()) as { nodes: { node: string; state: string }[] }
    return nodes.find((one) => one.node === node.id)?.state === 'draining'
  })
