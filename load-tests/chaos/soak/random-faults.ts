// The faults of a soak: injected, proven, and repaired after their time.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { nodeStatus } from '@levee/deploy/edge-node'
import { sendRedisCommand } from '@levee/deploy/redis/redis'
import type { Child, EdgeNode, Stack } from '@levee/deploy/stack'
import { until } from '@levee/deploy/until'
import {
  type Proof,
  agentGone,
  livekitGone,
  livekitStopped,
  observe,
  portOf,
  redisEmptied,
  redisGone,
} from '../faults/proofs.ts'
import { post } from '../people/api.ts'
import { listRooms } from '../people/livekit-rooms.ts'
import { SERVES_WITHIN_MS } from '../tuning.ts'
import type { PlannedFault } from './soak-plan.ts'

/** The node with the most participants comes first: a fault on an empty node proves nothing. */
export async function fullestFirst({ nodes }: Pick<Stack, 'nodes'>): Promise<EdgeNode[]> {
  const counted = await Promise.all(
    nodes.map(async (node) => {
      const rooms = await listRooms(node)
      return { node, people: rooms.reduce((sum, { participants }) => sum + participants, 0) }
    }),
  )
  return counted.toSorted((a, b) => b.people - a.people).map(({ node }) => node)
}

/**
 * Resolves when the part is back. A part may wait for another one that is also down. `nodes`: in the order of their
 * ranks.
 */
export async function runFault(stack: Stack, nodes: readonly EdgeNode[], fault: PlannedFault): Promise<void> {
  const node = nodes[fault.index % nodes.length]!
  const replica = stack.controlPlanes[fault.index % stack.controlPlanes.length]!
  const order = (verb: string) =>
    retry(`${verb} of ${node.id}`, () =>
      post(`${anyReplicaUrl(stack)}/v1/nodes/${node.id}/${verb}`, {}, stack.operatorKey),
    )
  const before = (canary: boolean) => observe({ stack, node }, { canary })
  const inject = async (act: () => unknown, proof: Proof) => {
    const state = await before(false)
    await act()
    await proof(state, { stack, node })
    await pause(fault.forMs)
  }
  switch (fault.kind) {
    case 'livekit':
      await inject(() => node.livekit.kill('SIGKILL'), livekitGone)
      return restart(node.livekit)
    case 'node':
      await inject(() => {
        node.agent.kill('SIGKILL')
        node.livekit.kill('SIGKILL')
      }, livekitGone)
      await restart(node.livekit)
      return restart(node.agent)
    case 'agent':
      await inject(() => node.agent.kill('SIGKILL'), agentGone)
      return restart(node.agent)
    case 'hang':
      await inject(() => node.livekit.kill('SIGSTOP'), livekitStopped)
      return node.livekit.kill('SIGCONT')
    case 'drain':
      // A drain for which there is no capacity is refused as it should be, and nothing happens.
      await order('drain').catch(() => undefined)
      await pause(fault.forMs)
      return order('uncordon')
    case 'replica':
      replica.kill('SIGKILL')
      await replica.exited
      await pause(fault.forMs)
      return restart(replica)
    case 'redis':
      await inject(() => stack.redis.kill('SIGKILL'), redisGone)
      return restart(stack.redis)
    case 'flush': {
      const state = await before(true)
      await sendRedisCommand(portOf(stack.redisUrl), 'FLUSHALL')
      return void (await redisEmptied(state, { stack, node }))
    }
    case 'wipe': {
      const state = await before(true)
      await inject(() => stack.redis.kill('SIGKILL'), redisGone)
      rmSync(join(stack.dataDir, 'redis', 'appendonlydir'), { recursive: true })
      await restart(stack.redis)
      return void (await redisEmptied(state, { stack, node }))
    }
  }
}

const restart = (child: Child): Promise<void> => retry(`the return of ${child.name}`, () => child.restart())

async function retry(what: string, act: () => Promise<unknown>): Promise<void> {
  await until(() => act().then(() => true), { what, timeoutMs: SERVES_WITHIN_MS, everyMs: 250 })
}

const anyReplicaUrl = (stack: Stack): string =>
  stack.controlPlanes.find(({ running }) => running)?.url ?? stack.url

/** Resolves when all parts are up and participants may be sent to every node. */
export async function allServing(stack: Stack): Promise<void> {
  await until(
    async () => {
      const statuses = stack.nodes.map(({ id }) => nodeStatus(stack.url, stack.operatorKey, id))
      return (await Promise.all(statuses)).every((status) => status === 'serving')
    },
    { what: 'every node serving', timeoutMs: SERVES_WITHIN_MS, everyMs: 100 },
  )
}
