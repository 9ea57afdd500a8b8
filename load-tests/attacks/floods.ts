// What a flood costs everyone else: joins at a fixed rate, in turn without and with each flood.
import { percentile } from '@levee/deploy/statistics'
import { table } from '../lib/report/markdown.ts'
import type { Scene } from './scene.ts'
import {
  FLOOD_MS,
  FLOOD_REPORT_ROOMS,
  FLOOD_ROUNDS,
  JOIN_DEADLINE_MS,
  JOINS_PER_SEC,
  LARGE_REPORT_ROOMS,
} from './tuning.ts'

export interface Flood {
  name: string
  perSec: number
  /** Sends one request; its answer does not matter. */
  send: (scene: Scene) => Promise<unknown>
}

const ONE_ADDRESS = { 'x-forwarded-for': '203.0.113.9' }
const LARGE = `{"protocol":2,"livekit":{"up":true,"rooms":[${'{"name":7},'.repeat(LARGE_REPORT_ROOMS)}{}]}}`
const unknownRooms = () =>
  Array.from({ length: FLOOD_REPORT_ROOMS }, (_, i) => ({
    name: `${i.toString(36).padStart(16, '0')}~1`,
    participants: 1,
    tracks: 1,
  }))

export const FLOODS: readonly Flood[] = [
  {
    name: 'anonymous reports of 5 MB',
    perSec: 20,
    send: ({ call }) => call('POST', '/v1/nodes/honest/report', { bearer: 'x', raw: LARGE }),
  },
  {
    name: 'guesses of the operator key',
    perSec: 300,
    send: ({ call }) =>
      call('POST', '/v1/operator/session', { body: { key: 'a guess' }, headers: ONE_ADDRESS }),
  },
  {
    name: 'new rooms from one address',
    perSec: 300,
    send: ({ call }) => call('POST', '/v1/rooms', { body: {}, headers: ONE_ADDRESS }),
  },
  { name: 'unknown paths', perSec: 300, send: ({ call }) => call('GET', '/nowhere') },
  {
    name: 'reports of 50,000 unknown rooms by a rogue node',
    perSec: 0.5,
    send: ({ rogue }) => rogue.report({ livekit: { up: true, rooms: unknownRooms() } }),
  },
]

interface Joins {
  sent: number
  inTime: number
  tookMs: number[]
}

/** Calls `send` at a fixed rate, however long the calls take, and resolves when the last one has ended. */
async function atRate(perSec: number, ms: number, send: () => Promise<unknown>): Promise<void> {
  const startedAtMs = performance.now()
  const running: Promise<unknown>[] = []
  for (let i = 0; i < (perSec * ms) / 1_000; i++) {
    const waitMs = startedAtMs + (i * 1_000) / perSec - performance.now()
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    running.push(send().catch(() => {}))
  }
  await Promise.all(running)
}

async function joinsDuring(scene: Scene, room: string, flood?: Flood): Promise<Joins> {
  const joins: Joins = { sent: 0, inTime: 0, tookMs: [] }
  const join = async () => {
    joins.sent++
    const startedAtMs = performance.now()
    const { status } = await scene.join(room)
    const tookMs = performance.now() - startedAtMs
    joins.tookMs.push(tookMs)
    if (status === 200 && tookMs <= JOIN_DEADLINE_MS) joins.inTime++
  }
  await Promise.all([
    atRate(JOINS_PER_SEC, FLOOD_MS, join),
    flood && atRate(flood.perSec, FLOOD_MS, () => flood.send(scene)),
  ])
  return joins
}

/** A table of the joins in time and their latency, without and with each flood. */
export async function measureFloods(scene: Scene): Promise<string> {
  const { room } = await scene.createRoom()
  await joinsDuring(scene, room)
  const rows = []
  for (const flood of FLOODS) {
    const without: Joins = { sent: 0, inTime: 0, tookMs: [] }
    const within: Joins = { sent: 0, inTime: 0, tookMs: [] }
    for (let round = 0; round < FLOOD_ROUNDS; round++) {
      add(without, await joinsDuring(scene, room))
      await Promise.all([scene.honest.report(), scene.rogue.report()])
      add(within, await joinsDuring(scene, room, flood))
      await Promise.all([scene.honest.report(), scene.rogue.report()])
    }
    rows.push([
      flood.name,
      `${flood.perSec}/s`,
      share(within, without).toFixed(2),
      ...[without, within].map(({ tookMs }) =>
        [50, 99].map((p) => percentile(tookMs, p).toFixed(1)).join(' / '),
      ),
    ])
  }
  return table(
    ['flood', 'rate', `joins in ${JOIN_DEADLINE_MS} ms, with ÷ without`, 'p50 / p99 without, ms', 'with, ms'],
    rows,
  )
}

function add(to: Joins, more: Joins): void {
  to.sent += more.sent
  to.inTime += more.inTime
  to.tookMs.push(...more.tookMs)
}

const share = (a: Joins, b: Joins): number => a.inTime / a.sent / (b.inTime / b.sent)
