// The blows of a soak: struck, proven, and mended after their time.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { nodeStatus } from '../../../deploy/stack/edge-node.ts'
import { sendRedisCommand } from '../../../deploy/stack/redis/redis.ts'
import type { Child, EdgeNode, Stack } from '../../../deploy/stack/stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import { listRooms } from '../people/livekit-rooms.ts'
import { post } from '../people/meeting.ts'
import {
  type Proof,
  agentGone,
  livekitGone,
  livekitStopped,
  lookBefore,
  portOf,
  redisEmptied,
  redisGone,
} from './proofs.ts'
import type { PlannedBlow } from '../soak/soak-plan.ts'

/** Those with most people first: a blow at an empty node tells nothing, and after a storm meetings crowd together. */
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
 * Until what was struck is back and ready. A part may need another one that is away as well. `nodes`: in the order in
 * which the blow counts them.
 */
export async function deal(stack: Stack, nodes: readonly EdgeNode[], blow: PlannedBlow): Promise<void> {
  const node = nodes[blow.which % nodes.length]!
  const replica = stack.controlPlanes[blow.which % stack.controlPlanes.length]!
  const order = (verb: string) =>
    insist(`${verb} of ${node.id}`, () =>
      post(`${upUrl(stack)}/v1/nodes/${node.id}/${verb}`, {}, stack.operatorKey),
    )
  const look = (canary: boolean) => lookBefore({ stack, node }, { canary })
  const proven = async (strike: () => unknown, proof: Proof) => {
    const before = await look(false)
    await strike()
    await proof(before, { stack, node })
    await pause(blow.forMs)
  }
  switch (blow.kind) {
    case 'livekit':
      await proven(() => node.livekit.kill('SIGKILL'), livekitGone)
      return back(node.livekit)
    case 'node':
      await proven(() => {
        node.agent.kill('SIGKILL')
        node.livekit.kill('SIGKILL')
      }, livekitGone)
      await back(node.livekit)
      return back(node.agent)
    case 'agent':
      await proven(() => node.agent.kill('SIGKILL'), agentGone)
      return back(node.agent)
    case 'hang':
      await proven(() => node.livekit.kill('SIGSTOP'), livekitStopped)
      return node.livekit.kill('SIGCONT')
    case 'drain':
      // One that does not fit is refused, which is right: nothing happens then.
      await order('drain').catch(() => undefined)
      await pause(blow.forMs)
      return order('uncordon')
    case 'replica':
      replica.kill('SIGKILL')
      await replica.exited
      await pause(blow.forMs)
      return back(replica)
    case 'redis':
      await proven(() => stack.redis.kill('SIGKILL'), redisGone)
      return back(stack.redis)
    case 'flush': {
      const before = await look(true)
      await sendRedisCommand(portOf(stack.redisUrl), 'FLUSHALL')
      return void (await redisEmptied(before, { stack, node }))
    }
    case 'wipe': {
      const before = await look(true)
      await proven(() => stack.redis.kill('SIGKILL'), redisGone)
      rmSync(join(stack.dataDir, 'redis', 'appendonlydir'), { recursive: true })
      await back(stack.redis)
      return void (await redisEmptied(before, { stack, node }))
    }
  }
}

const BACK_WITHIN_MS = 60_000

const back = (child: Child): Promise<void> => insist(`the return of ${child.name}`, () => child.restart())

async function insist(what: string, act: () => Promise<unknown>): Promise<void> {
  await until(() => act().then(() => true), { what, timeoutMs: BACK_WITHIN_MS, everyMs: 250 })
}

const upUrl = (stack: Stack): string => stack.controlPlanes.find(({ running }) => running)?.url ?? stack.url

/** All parts are up, and the fleet sends people to every node. */
export async function allServe(stack: Stack): Promise<void> {
  await until(
    async () => {
      const statuses = stack.nodes.map(({ id }) => nodeStatus(stack.url, stack.operatorKey, id))
      return (await Promise.all(statuses)).every((status) => status === 'serving')
    },
    { what: 'every node serving', timeoutMs: BACK_WITHIN_MS, everyMs: 100 },
  )
}
