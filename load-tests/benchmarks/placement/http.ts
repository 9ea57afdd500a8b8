// Joins through HTTP on fleets of each size, against a trivial route of the same process and Fastify alone.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { median } from '@levee/deploy/statistics'
import { repoDir } from '../../../deploy/setup/pins.mjs'
import { startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import type { Request } from 'autocannon'
import {
  BODY,
  createRooms,
  fire,
  HEADERS,
  joinOf,
  middle,
  startBare,
  type Throughput,
} from '../join-http/join-http.ts'
import { firePlain } from '../join-http/plain-client.ts'
import { measureUsage } from '../../lib/usage.ts'

const ROUNDS = 2
const SECONDS = 2
const PLACED_ROOMS = 2_000
const NEW_ROOMS = 12_800
/** Connections, each with one request under way. */
const CALLERS = [1, 16, 64]
/** One caller alone does not need so many. */
const NEW_ROOMS_OF_ONE = 4_000
const PLAIN_CONNECTIONS = 32

export const ROUTES = ['bare', 'trivial', 'placed', 'fresh'] as const
export type Route = (typeof ROUTES)[number]

/** CPU in µs of each part for one answer. */
export interface CpuMicros {
  replica: number
  redis: number
  generator: number
}

type Measured = Throughput & { cpu: CpuMicros }

export interface HttpFigures {
  nodes: number
  byCallers: ({ callers: number } & Record<Route, Measured>)[]
  /** Under Node's own HTTP client: answers per second. */
  plain: { bare: number; placed: number }
}

/** Nodes that nobody runs: they report when they are told to. */
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

async function measure(nodes: number, bareUrl: string): Promise<HttpFigures> {
  const stack = await startControlPlanes({ logLevel: 'warn' })
  const { url } = stack
  const fleet = await seedFleet(stack.redisUrl, stack.secrets.masterKey, nodes)
  try {
    const post: Request = { method: 'POST', path: '/join', headers: HEADERS, body: BODY }
    const rooms = (await createRooms(url, PLACED_ROOMS)).map(joinOf)
    const arms: Record<Exclude<Route, 'fresh'>, Parameters<typeof fire>[0]> = {
      bare: { url: bareUrl, requests: [post], seconds: SECONDS },
      trivial: { url, requests: [{ method: 'GET', path: '/livez' }], seconds: SECONDS },
      placed: { url, requests: rooms, seconds: SECONDS },
    }
    const pids = { replica: stack.controlPlanes[0]!.pid, redis: stack.redis.pid, generator: process.pid }
    const measured = async (arm: Parameters<typeof fire>[0]): Promise<Measured> => {
      const stop = measureUsage(pids)
      const found = await fire(arm)
      const { cores, seconds } = stop()
      const micros = (share: number) => (share * seconds * 1e6) / found.answers
      const { replica, redis, generator } = cores
      return {
        ...found,
        cpu: { replica: micros(replica), redis: micros(redis), generator: micros(generator) },
      }
    }
    await fleet.report()
    for (const arm of Object.values(arms)) await fire(arm)
    const byCallers: HttpFigures['byCallers'] = []
    for (const callers of CALLERS) {
      const rounds: Record<Route, Measured[]> = { bare: [], trivial: [], placed: [], fresh: [] }
      for (let round = 0; round < ROUNDS; round++) {
        const newRooms = callers === 1 ? NEW_ROOMS_OF_ONE : NEW_ROOMS
        const fresh = { url, requests: (await createRooms(url, newRooms)).map(joinOf), once: true }
        for (const route of ROUTES) {
          // Fresh leases before each: nobody may fall silent in the middle.
          await fleet.report()
          const arm = route === 'fresh' ? fresh : arms[route]
          rounds[route].push(await measured({ ...arm, connections: callers }))
        }
      }
      const of = (route: Route): Measured => ({
        ...middle(rounds[route]),
        cpu: {
          replica: median(rounds[route].map(({ cpu }) => cpu.replica)),
          redis: median(rounds[route].map(({ cpu }) => cpu.redis)),
          generator: median(rounds[route].map(({ cpu }) => cpu.generator)),
        },
      })
      byCallers.push({
        callers,
        bare: of('bare'),
        trivial: of('trivial'),
        placed: of('placed'),
        fresh: of('fresh'),
      })
    }
    const plain = { bare: [] as number[], placed: [] as number[] }
    const plainLoad = { body: BODY, connections: PLAIN_CONNECTIONS, seconds: SECONDS }
    for (let round = 0; round < ROUNDS; round++) {
      plain.bare.push(await firePlain({ ...plainLoad, url: `${bareUrl}/join` }))
      await fleet.report()
      plain.placed.push(await firePlain({ ...plainLoad, url: `${url}${rooms[0]?.path}` }))
    }
    return { nodes, byCallers, plain: { bare: median(plain.bare), placed: median(plain.placed) } }
  } finally {
    fleet.stop()
    await stack.stop()
  }
}

export async function benchHttp(sizes: readonly number[]): Promise<HttpFigures[]> {
  const bare = await startBare()
  const figures: HttpFigures[] = []
  try {
    for (const nodes of sizes) figures.push(await measure(nodes, bare.url))
  } finally {
    bare.stop()
  }
  return figures
}
