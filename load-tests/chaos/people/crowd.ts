// Many small rooms at once moved off a node: how long it takes, who is left behind, and whether the target chokes.
import type { NodeView } from '@levee/control-plane/contract'
import { median, percentile } from '@levee/deploy/statistics'
import { type Stack, startStack } from '../../../deploy/stack/stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import { cpuSecOf, foreignCores, markCpu } from '../measure/machine-cpu.ts'
import { listRooms } from './livekit-rooms.ts'
import { post } from './meeting.ts'
import { type NativePeople, createRooms, openNativePeople } from './native-people.ts'
import type { RoomState } from './native-process.ts'

export interface CrowdRun {
  rooms: number
  people: number
  /** From the order to drain until the last of them sees everybody on the other node and the old one is empty. */
  totalMs: number
  /** The same for each room that arrived. */
  roomMs: { median: number; p95: number; worst: number }
  /** Longest time without a picture of somebody, for each person; to 250 ms. */
  gapMs: { median: number; p95: number; worst: number }
  /** Rooms in which somebody did not arrive. */
  failures: number
  /** Looks at the target at which its load and promises were above what it bears. */
  overloads: number
  fullest: number
  /** Used meanwhile by the people and by both LiveKits: where it saturates, the machine is what is measured. */
  peopleCores: number
  livekitCores: number
  foreignCores: number
}

const PROCESSES = 5
const FRAMES_PER_SEC = 4
const PEOPLE_PER_ROOM = 2
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
  const closers: (() => unknown)[] = [stack.stop]
  try {
    const order = (node: string, verb: string) =>
      post(`${stack.url}/v1/nodes/${node}/${verb}`, {}, stack.operatorKey)
    await order(TO, 'cordon')
    const crowd = openNativePeople({
      urls: stack.urls,
      codes: await createRooms(stack.url, count, PEOPLE_PER_ROOM),
      people: PEOPLE_PER_ROOM,
      framesPerSec: FRAMES_PER_SEC,
      processes: PROCESSES,
    })
    closers.push(crowd.close)
    await until(crowd.allWhole, {
      what: 'everybody seeing everybody',
      timeoutMs: PATIENCE_MS,
      signal,
    })
    await order(TO, 'uncordon')
    crowd.reset()
    const cpu = markCpu()
    const people = stopwatch(crowd.pids())
    const livekits = stopwatch(stack.nodes.map(({ livekit }) => livekit.pid))
    const startedMs = performance.now()
    await order(FROM, 'drain')
    const moved = await follow(stack, crowd, count, startedMs)
    if (crowd.crashes() > 0) throw new Error('LiveKit’s native library crashed: nothing was measured')
    return {
      ...moved,
      rooms: count,
      people: PEOPLE_PER_ROOM * count,
      peopleCores: people(),
      livekitCores: livekits(),
      foreignCores: foreignCores(cpu),
    }
  } finally {
    for (const close of closers.toReversed()) await close()
  }
}

/** Cores that these processes used since. */
function stopwatch(pids: readonly number[]): () => number {
  const usedSec = () => pids.reduce((sum, pid) => sum + cpuSecOf(pid), 0)
  const [fromSec, fromMs] = [usedSec(), performance.now()]
  return () => ((usedSec() - fromSec) * 1000) / (performance.now() - fromMs)
}

/** Until all have arrived, or patience is over. */
async function follow(stack: Stack, crowd: NativePeople, count: number, startedMs: number) {
  const old = stack.nodes.find(({ id }) => id === FROM)!
  /** By the index of the room. */
  const arrivedMs = new Map<number, number>()
  let [overloads, fullest, totalMs] = [0, 0, PATIENCE_MS]
  const isThere = ({ nodes, whole }: RoomState) => whole && nodes.every((node) => node === TO)
  await until(
    async () => {
      for (const [index, room] of crowd.rooms().entries())
        if (!arrivedMs.has(index) && isThere(room)) arrivedMs.set(index, performance.now() - startedMs)
      const { utilisation, reserved } = await viewOf(stack, TO)
      fullest = Math.max(fullest, utilisation + reserved)
      if (utilisation + reserved > 1) overloads++
      if (arrivedMs.size < count) return false
      if ((await listRooms(old)).some(({ participants }) => participants > 0)) return false
      totalMs = performance.now() - startedMs
      return true
    },
    { what: 'all rooms moved', timeoutMs: PATIENCE_MS, everyMs: LOOK_EVERY_MS },
  ).catch(() => undefined)
  const gaps = crowd.rooms().flatMap(({ longestGapMs }) => longestGapMs)
  return {
    totalMs,
    roomMs: ranks(arrivedMs.size > 0 ? [...arrivedMs.values()] : [PATIENCE_MS]),
    gapMs: ranks(gaps),
    failures: count - arrivedMs.size,
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
