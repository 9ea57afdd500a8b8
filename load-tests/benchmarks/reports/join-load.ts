// Joins at a steady rate, in a separate process. Arrivals don't wait for each other, and the time of a join counts from
// the moment at which it was due. Started by joins-beside-reports.ts.
import type { JoinAnswer, Problem } from '@levee/control-plane/contract'
import { seeded } from '@levee/deploy/seeded-random'
import { percentile } from '@levee/deploy/statistics'
import { WireFault, json, openWire } from '../../lib/http-wire.ts'
import { ADMITTED_EVERY_MS, JOIN_LOAD_CONNECTIONS, JOIN_LOAD_TIMEOUT_MS } from '../tuning.ts'

export interface JoinLoad {
  urls: readonly string[]
  seed: number
  perSec: number
  warmUpSec: number
  seconds: number
  /** Codes of rooms that have a node, and of rooms that have none yet; each of the latter is joined once. */
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
  /** The same for joins to fresh rooms. */
  freshP99Ms: number
  refused: Record<string, number>
  unanswered: number
  /** How late joins were sent: the delay that the generator itself adds. */
  lateP99Ms: number
}

/** Messages to the parent process. */
export type JoinLoadMessage =
  | { kind: 'measuring' }
  | { kind: 'admitted'; rooms: [node: string, roomName: string][] }
  | { kind: 'done'; result: JoinResult }

const send = (message: JoinLoadMessage) => process.send?.(message)

async function run(load: JoinLoad): Promise<JoinResult> {
  const random = seeded(load.seed, 'arrivals')
  const wires = load.urls.map((url) =>
    openWire({ url, connections: JOIN_LOAD_CONNECTIONS, timeoutMs: JOIN_LOAD_TIMEOUT_MS }),
  )
  const body = json({ name: 'Ann' })
  const tookMs: number[] = []
  const freshTookMs: number[] = []
  const lateMs: number[] = []
  const refused: Record<string, number> = {}
  const admitted: [string, string][] = []
  let unanswered = 0
  let inProgress = 0

  async function join(dueMs: number, counts: boolean): Promise<void> {
    const isFresh = random.chance(load.freshShare)
    const code = (isFresh ? load.fresh.pop() : undefined) ?? random.pick(load.placed)
    const wire = random.pick(wires)
    inProgress++
    if (counts) lateMs.push(performance.now() - dueMs)
    try {
      const reply = await wire.send(wire.call('POST', `/v1/rooms/${code}/join`), body)
      const ms = performance.now() - dueMs
      if (counts) tookMs.push(ms)
      if (counts && isFresh) freshTookMs.push(ms)
      if (reply.status === 200) {
        const { node, roomName } = JSON.parse(reply.body) as JoinAnswer
        admitted.push([node, roomName])
      } else if (counts) {
        const { code: why } = JSON.parse(reply.body) as Problem
        refused[why] = (refused[why] ?? 0) + 1
      }
    } catch (error) {
      if (!(error instanceof WireFault)) throw error
      if (counts) unanswered++
    } finally {
      inProgress--
    }
  }

  const passingOn = setInterval(() => {
    if (admitted.length > 0) send({ kind: 'admitted', rooms: admitted.splice(0) })
  }, ADMITTED_EVERY_MS)
  const startMs = performance.now()
  const countFromMs = startMs + load.warmUpSec * 1_000
  const endMs = countFromMs + load.seconds * 1_000
  let dueMs = startMs
  let measuring = false
  while (dueMs < endMs) {
    for (const now = performance.now(); dueMs <= now && dueMs < endMs;) {
      if (dueMs >= countFromMs && !measuring) {
        measuring = true
        send({ kind: 'measuring' })
      }
      void join(dueMs, dueMs >= countFromMs)
      dueMs += random.exponential(1_000 / load.perSec)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  while (inProgress > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  clearInterval(passingOn)
  for (const wire of wires) wire.close()
  return {
    count: tookMs.length,
    perSec: tookMs.length / load.seconds,
    p50Ms: percentile(tookMs, 50),
    p99Ms: percentile(tookMs, 99),
    p999Ms: percentile(tookMs, 99.9),
    maxMs: percentile(tookMs, 100),
    freshP99Ms: freshTookMs.length > 0 ? percentile(freshTookMs, 99) : 0,
    refused,
    unanswered,
    lateP99Ms: percentile(lateMs, 99),
  }
}

process.once('message', (load: JoinLoad) => {
  run(load).then(
    (result) => {
      send({ kind: 'done', result })
      process.disconnect?.()
    },
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit())
