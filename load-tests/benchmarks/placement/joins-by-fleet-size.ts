// Joins through HTTP on fleets of each size, compared with a trivial route of the same process and with bare Fastify.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type ControlPlaneStack, startControlPlanes } from '@levee/deploy/control-plane-stack'
import { median } from '@levee/deploy/statistics'
import type { Request } from 'autocannon'
import { repoDir } from '../../../deploy/setup/pins.mjs'
import { measureUsage } from '../../lib/usage.ts'
import {
  type AutocannonLoad,
  BODY,
  HEADERS,
  createRooms,
  joinRequest,
  loadWithAutocannon,
  medianOf,
} from '../join-http/autocannon.ts'
import { startBareFastify } from '../join-http/baseline.ts'
import { loadWithNodeClient } from '../join-http/node-client.ts'
import {
  JOIN_CONNECTIONS,
  JOIN_NEW_ROOMS,
  PLACEMENT_CALLERS,
  PLACEMENT_NEW_ROOMS_OF_ONE_CALLER,
  PLACEMENT_PLACED_ROOMS,
  PLACEMENT_ROUNDS,
  PLACEMENT_ROUND_SEC,
} from '../tuning.ts'
import { type JoinsByFleetSize, type Measured, ROUTES, type Route } from './routes.ts'

export async function benchJoinsByFleetSize(
  sizes: readonly number[],
  signal: AbortSignal,
): Promise<JoinsByFleetSize[]> {
  const bare = await startBareFastify()
  const results: JoinsByFleetSize[] = []
  try {
    for (const nodes of sizes) results.push(await measure(nodes, bare.url, signal))
  } finally {
    bare.stop()
  }
  return results
}

async function measure(nodes: number, bareUrl: string, signal: AbortSignal): Promise<JoinsByFleetSize> {
  const stack = await startControlPlanes({ logLevel: 'warn', signal })
  const { url } = stack
  const fleet = await seedFleet(stack.redisUrl, stack.secrets.masterKey, nodes)
  try {
    const post: Request = { method: 'POST', path: '/join', headers: HEADERS, body: BODY }
    const placedRooms = (await createRooms(url, PLACEMENT_PLACED_ROOMS)).map(joinRequest)
    const seconds = PLACEMENT_ROUND_SEC
    const loads: Record<Exclude<Route, 'fresh'>, AutocannonLoad> = {
      bare: { url: bareUrl, requests: [post], seconds },
      trivial: { url, requests: [{ method: 'GET', path: '/livez' }], seconds },
      placed: { url, requests: placedRooms, seconds },
    }
    await fleet.report()
    for (const load of Object.values(loads)) await loadWithAutocannon(load)
    const byCallers: JoinsByFleetSize['byCallers'] = []
    for (const callers of PLACEMENT_CALLERS) {
      const rounds: Record<Route, Measured[]> = { bare: [], trivial: [], placed: [], fresh: [] }
      const newRooms = callers === 1 ? PLACEMENT_NEW_ROOMS_OF_ONE_CALLER : JOIN_NEW_ROOMS
      for (let round = 0; round < PLACEMENT_ROUNDS; round++) {
        const fresh = { url, requests: (await createRooms(url, newRooms)).map(joinRequest), once: true }
        for (const route of ROUTES) {
          // Renews all leases, so that no node becomes silent during the measurement.
          await fleet.report()
          const load = route === 'fresh' ? fresh : loads[route]
          rounds[route].push(await measured(stack, { ...load, connections: callers }))
        }
      }
      byCallers.push({ callers, ...medians(rounds) })
    }
    const nodeClient = { bare: [] as number[], placed: [] as number[] }
    const nodeLoad = { body: BODY, connections: JOIN_CONNECTIONS, seconds }
    for (let round = 0; round < PLACEMENT_ROUNDS; round++) {
      nodeClient.bare.push(await loadWithNodeClient({ ...nodeLoad, url: `${bareUrl}/join` }))
      await fleet.report()
      nodeClient.placed.push(await loadWithNodeClient({ ...nodeLoad, url: `${url}${placedRooms[0]?.path}` }))
    }
    return {
      nodes,
      byCallers,
      nodeClient: { bare: median(nodeClient.bare), placed: median(nodeClient.placed) },
    }
  } finally {
    fleet.stop()
    await stack.stop()
  }
}

/** A fleet without real nodes: all nodes report when `report` is called. */
async function seedFleet(redisUrl: string, masterKey: string, nodes: number) {
  const child = fork(join(repoDir, 'control-plane', 'bench', 'seed-fleet.ts'), {
    env: { ...process.env, REDIS_URL: redisUrl, MASTER_KEY: masterKey, NODES: String(nodes) },
  })
  await once(child, 'message')
  return {
    report: async () => {
      child.send('report')
      await once(child, 'message')
    },
    stop: () => child.disconnect(),
  }
}

async function measured(stack: ControlPlaneStack, load: AutocannonLoad): Promise<Measured> {
  const pids = { replica: stack.controlPlanes[0]!.pid, redis: stack.redis.pid, generator: process.pid }
  const stop = measureUsage(pids)
  const throughput = await loadWithAutocannon(load)
  const { cores, seconds } = stop()
  const micros = (used: number) => (used * seconds * 1e6) / throughput.answers
  return {
    ...throughput,
    cpu: {
      replica: micros(cores.replica),
      redis: micros(cores.redis),
      generator: micros(cores.generator),
    },
  }
}

function medians(rounds: Record<Route, readonly Measured[]>): Record<Route, Measured> {
  const of = (route: Route): Measured => ({
    ...medianOf(rounds[route]),
    cpu: {
      replica: median(rounds[route].map(({ cpu }) => cpu.replica)),
      redis: median(rounds[route].map(({ cpu }) => cpu.redis)),
      generator: median(rounds[route].map(({ cpu }) => cpu.generator)),
    },
  })
  return { bare: of('bare'), trivial: of('trivial'), placed: of('placed'), fresh: of('fresh') }
}
