// Joins over HTTP against two baselines: bare Fastify in a separate process, and a trivial route of the process that also
// handles the joins, with the same hooks, headers and logger. One generator loads them in turn, in one run.
import { median } from '@levee/deploy/statistics'
import { type NodeSpec, type Stack, startStack } from '@levee/deploy/stack'
import type { Request } from 'autocannon'
import {
  JOIN_CONNECTIONS,
  JOIN_NEW_ROOMS,
  JOIN_PLACED_ROOMS,
  JOIN_ROUND_SEC,
  JOIN_ROUNDS,
  JOIN_WARM_UP_SEC,
} from '../tuning.ts'
import {
  BODY,
  HEADERS,
  type Throughput,
  createRooms,
  joinRequest,
  loadWithAutocannon,
  medianOf,
} from './autocannon.ts'
import { startBareFastify } from './baseline.ts'
import { loadWithNodeClient } from './node-client.ts'

/** No one connects to the rooms, so reservations would fill a node of normal size. */
const UNLIMITED = { LEVEE_CAPACITY_TRACKS: '100000000', LEVEE_CAPACITY_CPU_CORES: '4096' }
const NODES: readonly NodeSpec[] = ['n1', 'n2'].map((id) => ({ id, site: 'hq', agentEnv: UNLIMITED }))

const JOIN_ROUTES = ['bare', 'trivial', 'placed', 'fresh'] as const

export interface JoinHttp {
  autocannon: Record<(typeof JOIN_ROUTES)[number], Throughput>
  /** Under Node's own HTTP client, in answers per second. */
  nodeClient: { bare: number; placed: number }
}

async function measure(stack: Stack, bareUrl: string): Promise<JoinHttp> {
  const post: Request = { method: 'POST', path: '/join', headers: HEADERS, body: BODY }
  const bare = { url: bareUrl, requests: [post] }
  const trivial = { url: stack.url, requests: [{ method: 'GET', path: '/livez' } satisfies Request] }
  const placed = {
    url: stack.url,
    requests: (await createRooms(stack.url, JOIN_PLACED_ROOMS)).map(joinRequest),
  }
  for (const load of [bare, trivial, placed]) await loadWithAutocannon({ ...load, seconds: JOIN_WARM_UP_SEC })
  const rounds: Record<keyof JoinHttp['autocannon'], Throughput[]> = {
    bare: [],
    trivial: [],
    placed: [],
    fresh: [],
  }
  const nodeClient = { bare: [] as number[], placed: [] as number[] }
  const nodeLoad = { body: BODY, connections: JOIN_CONNECTIONS, seconds: JOIN_ROUND_SEC }
  for (let round = 0; round < JOIN_ROUNDS; round++) {
    const fresh = (await createRooms(stack.url, JOIN_NEW_ROOMS)).map(joinRequest)
    rounds.bare.push(await loadWithAutocannon(bare))
    rounds.trivial.push(await loadWithAutocannon(trivial))
    rounds.placed.push(await loadWithAutocannon(placed))
    rounds.fresh.push(await loadWithAutocannon({ url: stack.url, requests: fresh, once: true }))
    nodeClient.bare.push(await loadWithNodeClient({ ...nodeLoad, url: `${bareUrl}/join` }))
    const placedUrl = `${stack.url}${placed.requests[0]?.path}`
    nodeClient.placed.push(await loadWithNodeClient({ ...nodeLoad, url: placedUrl }))
  }
  return {
    autocannon: {
      bare: medianOf(rounds.bare),
      trivial: medianOf(rounds.trivial),
      placed: medianOf(rounds.placed),
      fresh: medianOf(rounds.fresh),
    },
    nodeClient: { bare: median(nodeClient.bare), placed: median(nodeClient.placed) },
  }
}

export async function benchJoinHttp(signal: AbortSignal): Promise<JoinHttp> {
  const stack = await startStack({ nodes: NODES, logLevel: 'warn', signal })
  const bare = await startBareFastify()
  try {
    return await measure(stack, bare.url)
  } finally {
    bare.stop()
    await stack.stop()
  }
}
