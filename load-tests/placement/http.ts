// Joins through HTTP on fleets of each size, against a trivial route of the same process and Fastify alone.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { median } from '../../deploy/local/figures.ts'
import { repoDir } from '../../deploy/local/pins.mjs'
import { startStack } from '../../deploy/local/stack.ts'
import { BODY, createRooms, fire, HEADERS, joinOf, startBare, type Throughput } from '../bench/join-http.ts'
import { firePlain } from '../bench/plain-client.ts'

const ROUNDS = 2
const SECONDS = 3
const PLACED_ROOMS = 2_000
const NEW_ROOMS = 12_800
const CONNECTIONS = 32

export interface HttpFigures {
  nodes: number
  bare: Throughput
  trivial: Throughput
  placed: Throughput
  fresh: Throughput
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

const middle = (all: readonly Throughput[]): Throughput => ({
  perSec: median(all.map(({ perSec }) => perSec)),
  p99Ms: median(all.map(({ p99Ms }) => p99Ms)),
})

async function measure(nodes: number, bareUrl: string): Promise<HttpFigures> {
  const stack = await startStack({ nodes: [], logLevel: 'warn' })
  const fleet = await seedFleet(stack.redisUrl, stack.secrets.masterKey, nodes)
  try {
    const post = { method: 'POST', path: '/join', headers: HEADERS, body: BODY } as const
    const bare = { url: bareUrl, requests: [post], seconds: SECONDS }
    const trivial = {
      url: stack.url,
      requests: [{ method: 'GET', path: '/livez' } as const],
      seconds: SECONDS,
    }
    const rooms = (await createRooms(stack.url, PLACED_ROOMS)).map(joinOf)
    const placed = { url: stack.url, requests: rooms, seconds: SECONDS }
    for (const load of [bare, trivial]) await fire(load)
    await fleet.report()
    await fire(placed)
    const rounds = { bare: [], trivial: [], placed: [], fresh: [] } as Record<string, Throughput[]>
    const plain = { bare: [] as number[], placed: [] as number[] }
    for (let round = 0; round < ROUNDS; round++) {
      const fresh = (await createRooms(stack.url, NEW_ROOMS)).map(joinOf)
      rounds['bare']!.push(await fire(bare))
      rounds['trivial']!.push(await fire(trivial))
      // Fresh leases before each: nobody may fall silent in the middle.
      await fleet.report()
      rounds['placed']!.push(await fire(placed))
      await fleet.report()
      rounds['fresh']!.push(await fire({ url: stack.url, requests: fresh, once: true }))
      const plainLoad = { body: BODY, connections: CONNECTIONS, seconds: SECONDS }
      plain.bare.push(await firePlain({ ...plainLoad, url: `${bareUrl}/join` }))
      await fleet.report()
      plain.placed.push(await firePlain({ ...plainLoad, url: `${stack.url}${rooms[0]?.path}` }))
    }
    const of = (name: string) => middle(rounds[name] ?? [])
    return {
      nodes,
      bare: of('bare'),
      trivial: of('trivial'),
      placed: of('placed'),
      fresh: of('fresh'),
      plain: { bare: median(plain.bare), placed: median(plain.placed) },
    }
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
