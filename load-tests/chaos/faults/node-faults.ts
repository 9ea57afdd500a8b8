// Faults of nodes, and the planned move.
import { setTimeout as pause } from 'node:timers/promises'
import { nodeStatus } from '@levee/deploy/edge-node'
import { until } from '@levee/deploy/until'
import { post } from '../people/api.ts'
import { AWAY_MS, SERVES_WITHIN_MS } from '../tuning.ts'
import type { Fault } from './fault.ts'
import {
  type Target,
  agentGone,
  agentStopped,
  livekitGone,
  livekitStopped,
  nodeBack,
  nodeDraining,
  nodeRefuses,
  nodeSilent,
  probePort,
  siteSilent,
} from './proofs.ts'

const kill = async (child: Target['node']['livekit']): Promise<void> => {
  child.kill('SIGKILL')
  await child.exited
}

/** Resolves when participants may be sent to the node again. */
const untilServing = async ({ stack, node }: Target): Promise<void> => {
  await until(async () => (await nodeStatus(stack.url, stack.operatorKey, node.id)) === 'serving', {
    what: `${node.id} serving again`,
    timeoutMs: SERVES_WITHIN_MS,
  })
}

export const killLivekit: Fault = {
  what: 'kill -9 of LiveKit, which does not come back; its agent keeps running',
  inject: ({ node }) => kill(node.livekit),
  proofs: [livekitGone, nodeRefuses],
  async repair(target) {
    await target.node.livekit.restart()
    await untilServing(target)
  },
}

export const killNode: Fault = {
  what: 'kill -9 of LiveKit and its agent',
  async inject({ node }) {
    await Promise.all([kill(node.livekit), kill(node.agent)])
  },
  proofs: [livekitGone, agentGone, nodeRefuses],
  async repair(target) {
    await target.node.livekit.restart()
    await target.node.agent.restart()
    await untilServing(target)
  },
}

export const hangLivekit: Fault = {
  what: 'SIGSTOP of LiveKit',
  inject: async ({ node }) => node.livekit.kill('SIGSTOP'),
  proofs: [livekitStopped],
  async repair(target) {
    // Killed, not continued: its rooms would come back during the next trial.
    target.node.livekit.kill('SIGKILL')
    await target.node.livekit.restart()
    await untilServing(target)
  },
}

/** The substitute for a lost host if no network namespaces can be created: packets arrive but get no answer. */
export const hangNode: Fault = {
  what: 'SIGSTOP of LiveKit and its agent (no network namespaces here)',
  async inject({ node }) {
    node.livekit.kill('SIGSTOP')
    node.agent.kill('SIGSTOP')
  },
  proofs: [livekitStopped, agentStopped],
  async repair(target) {
    for (const child of [target.node.livekit, target.node.agent]) {
      child.kill('SIGKILL')
      await child.restart()
    }
    await untilServing(target)
  },
}

const networkOf = ({ node }: Target) => {
  if (!node.network) throw new Error(`${node.id} has no network of its own`)
  return node.network
}

export const loseNode: Fault = {
  what: 'host lost: its packets are dropped without a reset, LiveKit and its agent are killed',
  async inject(target) {
    networkOf(target).cut()
    await Promise.all([kill(target.node.livekit), kill(target.node.agent)])
  },
  proofs: [nodeSilent, livekitGone, agentGone],
  async repair(target) {
    networkOf(target).heal()
    await killNode.repair(target)
  },
}

const nodesOf = ({ node, neighbours = [] }: Target) => [node, ...neighbours]

export const loseSite: Fault = {
  what: 'site lost: the packets of all its nodes are dropped without a reset, LiveKit and agents are killed',
  async inject(target) {
    await Promise.all(nodesOf(target).map((node) => loseNode.inject({ ...target, node })))
  },
  proofs: [siteSilent, livekitGone, agentGone],
  async repair(target) {
    await Promise.all(nodesOf(target).map((node) => loseNode.repair({ ...target, node })))
  },
}

export const restartLivekit: Fault = {
  what: `kill -9 of LiveKit, which is back after ${AWAY_MS / 1_000} s; counted from its return`,
  async inject({ node }) {
    await kill(node.livekit)
    await pause(AWAY_MS)
    const back = until(async () => (await probePort(node.url)) === 'open' && { countFromMs: Date.now() }, {
      what: 'an open port again',
      everyMs: 2,
    })
    await node.livekit.restart()
    return back
  },
  proofs: [livekitGone, nodeBack],
  repair: untilServing,
}

/** A planned move. */
export const drainNode: Fault = {
  what: 'drain by an operator',
  async inject({ stack, node }) {
    await post(`${stack.url}/v1/nodes/${node.id}/drain`, {}, stack.operatorKey)
  },
  proofs: [nodeDraining],
  async repair(target) {
    const { stack, node } = target
    await post(`${stack.url}/v1/nodes/${node.id}/uncordon`, {}, stack.operatorKey)
    await untilServing(target)
  },
}
