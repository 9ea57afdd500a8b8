// A process of its own that joins rooms at a steady rate, however slow the answers are: arrivals do not wait for each
// other, and a join's time runs from the moment at which it was to be sent. Started by report-scale.ts.
import type { JoinAnswer, Problem } from '@levee/control-plane/contract'
import { percentile } from '@levee/deploy/statistics'
import { seeded } from '@levee/deploy/seeded-random'
import { WireFault, json, openWire } from '../lib/http-wire.ts'

export interface JoinOrder {
  urls: readonly string[]
  seed: number
  perSec: number
  warmUpSec: number
  seconds: number
  /** Codes of rooms that are on a node, and of rooms that are not; each of these is joined once. */
  placed: string[]
  fresh: string[]
  /** Share of joins to fresh rooms. */
  freshShare: number
}

export interface JoinResult {
  count: number
  perSec: number
  p50Ms: number
  p99Ms: number
  p999Ms: number
  maxMs: number
  /** Of the joins to rooms that had no node yet. */
  freshP99Ms: number
  refused: Record<string, number>
  unanswered: number
  /** How late joins were sent, behind their time: what the generator itself adds. */
  lateP99Ms: number
}

export type Word =
  | { kind: 'measuring' }
  | { kind: 'landed'; rooms: [node: string, roomName: string][] }
  | { kind: 'done'; result: JoinResult }

const CONNECTIONS = 64
const TIMEOUT_MS = 10_000
const LANDED_EVERY_MS = 50

const say = (word: Word) => process.send?.(word)

async function run(order: JoinOrder): Promise<JoinResult> {
  const random = seeded(order.seed, 'arrivals')
  const wires = order.urls.map((url) => openWire({ url, connections: CONNECTIONS, timeoutMs: TIMEOUT_MS }))
  const body = json({ name: 'Ann' })
  const all: number[] = []
  const ofFresh: number[] = []
  const late: number[] = []
  const refused: Record<string, number> = {}
  const landed: [string, string][] = []
  let unanswered = 0
  let underWay = 0

  async function join(dueMs: number, counts: boolean): Promise<void> {
    const isFresh = random.next() < order.freshShare
    const code = (isFresh ? order.fresh.pop() : undefined) ?? random.pick(order.placed)
    const wire = random.pick(wires)
    underWay++
    if (counts) late.push(performance.now() - dueMs)
    try {
      const reply = await wire.send(wire.call('POST', `/v1/rooms/${code}/join`), body)
      const tookMs = performance.now() - dueMs
      if (counts) all.push(tookMs)
      if (counts && isFresh) ofFresh.push(tookMs)
      if (reply.status === 200) {
        const { node, roomName } = JSON.parse(reply.body) as JoinAnswer
        landed.push([node, roomName])
      } else if (counts) {
        const { code: why } = JSON.parse(reply.body) as Problem
        refused[why] = (refused[why] ?? 0) + 1
      }
    } catch (error) {
      if (!(error instanceof WireFault)) throw error
      if (counts) unanswered++
    } finally {
      underWay--
    }
  }

  const telling = setInterval(() => {
    if (landed.length > 0) say({ kind: 'landed', rooms: landed.splice(0) })
  }, LANDED_EVERY_MS)
  const startMs = performance.now()
  const countFromMs = startMs + order.warmUpSec * 1_000
  const endMs = countFromMs + order.seconds * 1_000
  let dueMs = startMs
  let measuring = false
  while (dueMs < endMs) {
    for (const now = performance.now(); dueMs <= now && dueMs < endMs;) {
      if (dueMs >= countFromMs && !measuring) {
        measuring = true
        say({ kind: 'measuring' })
      }
      void join(dueMs, dueMs >= countFromMs)
      dueMs += random.exponential(1_000 / order.perSec)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  while (underWay > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  clearInterval(telling)
  for (const wire of wires) wire.close()
  return {
    count: all.length,
    perSec: all.length / order.seconds,
    p50Ms: percentile(all, 50),
    p99Ms: percentile(all, 99),
    p999Ms: percentile(all, 99.9),
    maxMs: percentile(all, 100),
    freshP99Ms: ofFresh.length > 0 ? percentile(ofFresh, 99) : 0,
    refused,
    unanswered,
    lateP99Ms: percentile(late, 99),
  }
}

process.once('message', (order: JoinOrder) => {
  run(order).then(
    (result) => {
      say({ kind: 'done', result })
      process.disconnect?.()
    },
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit())
