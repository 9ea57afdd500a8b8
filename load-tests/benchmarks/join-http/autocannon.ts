// Load with autocannon, and the requests that the benchmarks send.
import type { CreatedRoom } from '@levee/control-plane/contract'
import { median, percentile } from '@levee/deploy/statistics'
import autocannon, { type Client, type Request, type Result } from 'autocannon'
import { CREATE_ROOMS_AT_ONCE, JOIN_CONNECTIONS, JOIN_ROUND_SEC } from '../tuning.ts'

export const BODY = JSON.stringify({ name: 'Ann' })
export const HEADERS = { 'content-type': 'application/json' }

export interface Throughput {
  answers: number
  perSec: number
  p50Ms: number
  p99Ms: number
}

/** The median of several rounds, figure by figure. */
export const medianOf = (rounds: readonly Throughput[]): Throughput => ({
  answers: median(rounds.map(({ answers }) => answers)),
  perSec: median(rounds.map(({ perSec }) => perSec)),
  p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
  p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
})

export interface AutocannonLoad {
  url: string
  requests: readonly Request[]
  seconds?: number
  /** Sends each request once and ends with the last one. Otherwise each connection repeats its share of the requests. */
  once?: boolean
  /** Number of kept-alive connections, each with one request in progress. */
  connections?: number
}

/**
 * Computes its figures from the answers themselves, because autocannon ends a run with the next whole second and counts
 * whole milliseconds.
 */
export async function loadWithAutocannon(load: AutocannonLoad): Promise<Throughput> {
  const { url, requests, seconds = JOIN_ROUND_SEC, once = false, connections = JOIN_CONNECTIONS } = load
  const share = Math.ceil(requests.length / connections)
  const tookMs: number[] = []
  let client = 0
  let firstMs = Infinity
  let lastMs = 0
  const result: Result = await autocannon({
    url,
    connections,
    ...(once ? { amount: requests.length } : { duration: seconds }),
    setupClient(autocannonClient: Client) {
      // Each connection gets its share: writing all requests for all of them takes a second, while the first ones
      // already run.
      const from = (client++ * share) % requests.length
      autocannonClient.setRequests(requests.slice(from, from + share))
      autocannonClient.on('response', (_status, _bytes, ms) => {
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

/** Returns the codes of the rooms. */
export async function createRooms(url: string, count: number): Promise<string[]> {
  const rooms: string[] = []
  const create = async () => {
    const reply = await fetch(`${url}/v1/rooms`, { method: 'POST', headers: HEADERS, body: '{}' })
    rooms.push(((await reply.json()) as CreatedRoom).room)
  }
  while (rooms.length < count) await Promise.all(Array.from({ length: CREATE_ROOMS_AT_ONCE }, create))
  return rooms.slice(0, count)
}

export const joinRequest = (room: string): Request => ({
  method: 'POST',
  path: `/v1/rooms/${room}/join`,
  headers: HEADERS,
  body: BODY,
})
