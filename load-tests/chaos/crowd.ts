// Many small rooms at once moved off a node: how long it takes, who is left behind, and whether the target chokes.
import type { NodeView } from '@levee/control-plane/contract'
import { median, percentile } from '../../deploy/local/figures.ts'
import { type Stack, startStack } from '../../deploy/local/stack.ts'
import { until } from '../../deploy/local/until.ts'
import { foreignCores, markCpu } from './cpu.ts'
import { listRooms } from './livekit-rooms.ts'
import { post } from './meeting.ts'
import { type NativeRoom, allSee, openNativeRoom } from './native-room.ts'
import { startCamera } from './native.ts'

export interface CrowdRun {
  rooms: number
  people: number
  /** From the order to drain until the last of them sees everybody on the other node and the old one is empty. */
  totalMs: number
  /** The same for each room that arrived. */
  roomMs: { median: number; p95: number; worst: number }
  /** Longest time without a picture of somebody, for each person; to 200 ms. */
  gapMs: { median: number; p95: number; worst: number }
  /** Rooms in which somebody did not arrive. */
  failures: number
  /** Looks at the target at which its load and promises were above what it bears. */
  overloads: number
  fullest: number
  foreignCores: number
}

const OPENED_AT_ONCE = 5
const PATIENCE_MS = 120_000
const LOOK_EVERY_MS = 100
const [FROM, TO] = ['n1', 'n2'] as const

const ranks = (samples: readonly number[]) => ({
  median: median(samples),
  p95: percentile(samples, 95),
  worst: Math.max(...samples),
})

export async function moveCrowd({
  rooms: count,
  signal,
}: {
  rooms: number
  signal: AbortSignal
}): Promise<CrowdRun> {
  const nodes = [FROM, TO].map((id) => ({ id, site: 'hq' }))
  const stack = await startStack({ nodes, logLevel: 'warn', signal })
  const camera = startCamera()
  const rooms: NativeRoom[] = []
  try {
    const order = (node: string, verb: string) =>
      post(`${stack.url}/v1/nodes/${node}/${verb}`, {}, stack.operatorKey)
    await order(TO, 'cordon')
    while (rooms.length < count) {
      const open = () => openNativeRoom(stack, camera.source, 2)
      rooms.push(...(await Promise.all(Array.from({ length: OPENED_AT_ONCE }, open))))
    }
    await until(() => rooms.every((room) => allSee(room)), { what: 'everybody seeing everybody' })
    await order(TO, 'uncordon')
    for (const { people } of rooms) for (const person of people) person.longestGapMs = 0
    const cpu = markCpu()
    const startedMs = performance.now()
    await order(FROM, 'drain')
    const moved = await follow(stack, rooms, startedMs)
    return { ...moved, rooms: rooms.length, people: 2 * rooms.length, foreignCores: foreignCores(cpu) }
  } finally {
    for (const { people } of rooms) for (const person of people) person.leave()
    camera.stop()
    await stack.stop()
  }
}

/** Until all have arrived, or patience is over. */
async function follow(stack: Stack, rooms: readonly NativeRoom[], startedMs: number) {
  const old = stack.nodes.find(({ id }) => id === FROM)!
  const arrivedMs = new Map<NativeRoom, number>()
  let [overloads, fullest, totalMs] = [0, 0, PATIENCE_MS]
  const isThere = (room: NativeRoom) => room.people.every(({ place }) => place?.node === TO) && allSee(room)
  await until(
    async () => {
      for (const room of rooms)
        if (!arrivedMs.has(room) && isThere(room)) arrivedMs.set(room, performance.now() - startedMs)
      const { utilisation, reserved } = await viewOf(stack, TO)
      fullest = Math.max(fullest, utilisation + reserved)
      if (utilisation + reserved > 1) overloads++
      if (arrivedMs.size < rooms.length) return false
      if ((await listRooms(old)).some(({ participants }) => participants > 0)) return false
      totalMs = performance.now() - startedMs
      return true
    },
    { what: 'all rooms moved', timeoutMs: PATIENCE_MS, everyMs: LOOK_EVERY_MS },
  ).catch(() => undefined)
  const gaps = rooms.flatMap(({ people }) => people.map(({ longestGapMs }) => longestGapMs))
  return {
    totalMs,
    roomMs: ranks(arrivedMs.size > 0 ? [...arrivedMs.values()] : [PATIENCE_MS]),
    gapMs: ranks(gaps),
    failures: rooms.length - arrivedMs.size,
    overloads,
    fullest,
  }
}

async function viewOf(stack: Stack, node: string): Promise<NodeView> {
  const reply = await fetch(`${stack.url}/v1/nodes?limit=500`, {
    headers: { authorization: `Bearer ${stack.operatorKey}` },
  })
  const { nodes } = (await reply.json()) as { nodes: NodeView[] }
  const view = nodes.find((one) => one.node === node)
  if (!view) throw new Error(`the fleet does not know ${node}`)
  return view
}
