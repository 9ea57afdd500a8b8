// Joins over HTTP against two floors: Fastify alone in a process of its own, and a trivial route of the very process
// that joins, with its hooks, headers and logger. The same generator, turns in one run.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CreatedRoom } from '@levee/control-plane/contract'
import autocannon, { type Client, type Request, type Result } from 'autocannon'
import { median, percentile } from '@levee/deploy/statistics'
import { type NodeSpec, type Stack, startStack } from '../../../deploy/stack/stack.ts'
import { firePlain } from './plain-client.ts'

const ROUNDS = 5
const SECONDS = 4
const WARM_UP_SEC = 3
const CONNECTIONS = 32
const PLACED_ROOMS = 200
const NEW_ROOMS = 12_800
export const BODY = JSON.stringify({ name: 'Ann' })
export const HEADERS = { 'content-type': 'application/json' }

/** Nobody comes to the rooms, so no node may be full of promises. */
const ROOMY = { LEVEE_CAPACITY_TRACKS: '100000000', LEVEE_CAPACITY_CPU_CORES: '4096' }
const NODES: readonly NodeSpec[] = ['n1', 'n2'].map((id) => ({ id, site: 'hq', agentEnv: ROOMY }))

export interface Throughput {
  answers: number
  perSec: number
  p50Ms: number
  p99Ms: number
}

/** The middle one of several rounds, figure by figure. */
export const middle = (all: readonly Throughput[]): Throughput => ({
  answers: median(all.map(({ answers }) => answers)),
  perSec: median(all.map(({ perSec }) => perSec)),
  p50Ms: median(all.map(({ p50Ms }) => p50Ms)),
  p99Ms: median(all.map(({ p99Ms }) => p99Ms)),
})

export interface JoinHttp {
  bare: Throughput
  sameProcess: Throughput
  placed: Throughput
  fresh: Throughput
}

/** The same two routes under Node's own client: answers per second. */
export interface PlainClient {
  bare: number
  placed: number
}

interface Load {
  url: string
  requests: readonly Request[]
  seconds?: number
  /** Each request is sent one time, and the run ends with the last. Else each connection repeats its share of them. */
  once?: boolean
  /** Kept alive, each with one request under way. */
  connections?: number
}

/** Timed by the answers themselves: autocannon ends a run with the next whole second, and counts whole milliseconds. */
export async function fire(load: Load): Promise<Throughput> {
  const { url, requests, seconds = SECONDS, once = false, connections = CONNECTIONS } = load
  const each = Math.ceil(requests.length / connections)
  const tookMs: number[] = []
  let turn = 0
  let firstMs = Infinity
  let lastMs = 0
  const result: Result = await autocannon({
    url,
    connections,
    ...(once ? { amount: requests.length } : { duration: seconds }),
    setupClient(client: Client) {
      // A share each: all requests for all connections take a second to write, in which the first ones run already.
      const from = (turn++ * each) % requests.length
      client.setRequests(requests.slice(from, from + each))
      client.on('response', (_status, _bytes, ms) => {
        lastMs = performance.now()
        firstMs = Math.min(firstMs, lastMs - ms)
        tookMs.push(ms)
      })
    },
  })
  const wrong = result.non2xx + result.errors + result.timeouts
  if (wrong > 0) throw new Error(`${wrong} of ${result.requests.total} answers were wrong: ${url}`)
  return {
    answers: tookMs.length,
    perSec: (tookMs.length * 1_000) / (lastMs - firstMs),
    p50Ms: percentile(tookMs, 50),
    p99Ms: percentile(tookMs, 99),
  }
}

export async function createRooms(url: string, count: number): Promise<string[]> {
  const rooms: string[] = []
  const one = async () => {
    const reply = await fetch(`${url}/v1/rooms`, { method: 'POST', headers: HEADERS, body: '{}' })
    rooms.push(((await reply.json()) as CreatedRoom).room)
  }
  while (rooms.length < count) await Promise.all(Array.from({ length: 64 }, one))
  return rooms.slice(0, count)
}

export const joinOf = (room: string): Request => ({
  method: 'POST',
  path: `/v1/rooms/${room}/join`,
  headers: HEADERS,
  body: BODY,
})

export async function startBare() {
  const child = fork(fileURLToPath(new URL('bare-fastify.ts', import.meta.url)))
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (address) => resolve(address as string))
    child.once('exit', () => reject(new Error('the bare server did not start')))
  })
  return { url, stop: () => child.disconnect() }
}

async function measure(stack: Stack, bareUrl: string): Promise<{ lean: JoinHttp; plain: PlainClient }> {
  const post: Request = { method: 'POST', path: '/join', headers: HEADERS, body: BODY }
  const bare = { url: bareUrl, requests: [post] }
  const sameProcess = { url: stack.url, requests: [{ method: 'GET', path: '/livez' } satisfies Request] }
  const placed = { url: stack.url, requests: (await createRooms(stack.url, PLACED_ROOMS)).map(joinOf) }
  for (const load of [bare, sameProcess, placed]) await fire({ ...load, seconds: WARM_UP_SEC })
  const rounds: Record<keyof JoinHttp, Throughput[]> = { bare: [], sameProcess: [], placed: [], fresh: [] }
  const plain = { bare: [] as number[], placed: [] as number[] }
  const plainLoad = { body: BODY, connections: CONNECTIONS, seconds: SECONDS }
  for (let round = 0; round < ROUNDS; round++) {
    const fresh = (await createRooms(stack.url, NEW_ROOMS)).map(joinOf)
    rounds.bare.push(await fire(bare))
    rounds.sameProcess.push(await fire(sameProcess))
    rounds.placed.push(await fire(placed))
    rounds.fresh.push(await fire({ url: stack.url, requests: fresh, once: true }))
    plain.bare.push(await firePlain({ ...plainLoad, url: `${bareUrl}/join` }))
    plain.placed.push(await firePlain({ ...plainLoad, url: `${stack.url}${placed.requests[0]?.path}` }))
  }
  return {
    lean: {
      bare: middle(rounds.bare),
      sameProcess: middle(rounds.sameProcess),
      placed: middle(rounds.placed),
      fresh: middle(rounds.fresh),
    },
    plain: { bare: median(plain.bare), placed: median(plain.placed) },
  }
}

export async function benchJoinHttp(): Promise<{ lean: JoinHttp; plain: PlainClient }> {
  const stack = await startStack({ nodes: NODES, logLevel: 'warn' })
  const bare = await startBare()
  try {
    return await measure(stack, bare.url)
  } finally {
    bare.stop()
    await stack.stop()
  }
}
