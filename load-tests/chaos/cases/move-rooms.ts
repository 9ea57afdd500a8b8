// rooms-50: many small rooms are moved off a node at once. Measures how long it takes, which rooms do not arrive, and
// whether the target node is overloaded.
import type { NodeView } from '@levee/control-plane/contract'
import { median, percentile } from '@levee/deploy/statistics'
import { type Stack, startStack } from '@levee/deploy/stack'
import { until } from '@levee/deploy/until'
import { cpuSecOf } from '../../lib/proc.ts'
import { foreignCores, markCpu } from '../measure/machine-cpu.ts'
import { post } from '../people/api.ts'
import { listRooms } from '../people/livekit-rooms.ts'
import type { RoomState } from '../people/native/messages.ts'
import {
  type NativeParticipants,
  createRooms,
  openNativeParticipants,
} from '../people/native/native-participants.ts'
import {
  CROWD_CHECK_MS,
  CROWD_FRAMES_PER_SEC,
  CROWD_PROCESSES,
  CROWD_ROOM_SIZE,
  CROWD_TIMEOUT_MS,
} from '../tuning.ts'

export interface RoomsMove {
  rooms: number
  people: number
  /** From the order to drain until every participant receives every other on the target node and the old one is empty. */
  totalMs: number
  /** The same time for each room that arrived. */
  roomMs: { median: number; p95: number; worst: number }
  /** Longest time without a picture of another participant, for each participant; accurate to 250 ms. */
  gapMs: { median: number; p95: number; worst: number }
  /** Rooms that did not arrive. */
  failures: number
  /** How often load and reservations of the target node were seen above its capacity, and the highest share. */
  overloads: number
  fullest: number
  /** CPU of the participants and of both LiveKits: on a saturated machine the figures show only its speed. */
  peopleCores: number
  livekitCores: number
  foreignCores: number
}

const [FROM, TO] = ['n1', 'n2'] as const

export async function moveRooms(count: number, signal: AbortSignal): Promise<RoomsMove> {
  const nodes = [FROM, TO].map((id) => ({ id, site: 'hq' }))
  const stack = await startStack({ nodes, logLevel: 'warn', signal })
  const closers: (() => unknown)[] = [stack.stop]
  try {
    const order = (node: string, verb: string) =>
      post(`${stack.url}/v1/nodes/${node}/${verb}`, {}, stack.operatorKey)
    await order(TO, 'cordon')
    const participants = openNativeParticipants({
      urls: stack.urls,
      codes: await createRooms(stack.url, count, CROWD_ROOM_SIZE),
      people: CROWD_ROOM_SIZE,
      framesPerSec: CROWD_FRAMES_PER_SEC,
      processes: CROWD_PROCESSES,
    })
    closers.push(participants.close)
    await until(participants.allWhole, {
      what: 'every participant receiving every other',
      timeoutMs: CROWD_TIMEOUT_MS,
      signal,
    })
    await order(TO, 'uncordon')
    participants.reset()
    const cpu = markCpu()
    const people = stopwatch(participants.pids())
    const livekits = stopwatch(stack.nodes.map(({ livekit }) => livekit.pid))
    const startedMs = performance.now()
    await order(FROM, 'drain')
    const moved = await follow(stack, participants, count, startedMs)
    if (participants.crashes() > 0)
      throw new Error('LiveKit’s native library crashed, so nothing was measured')
    return {
      ...moved,
      rooms: count,
      people: CROWD_ROOM_SIZE * count,
      peopleCores: people(),
      livekitCores: livekits(),
      foreignCores: foreignCores(cpu),
    }
  } finally {
    for (const close of closers.toReversed()) await close()
  }
}

/** The returned function returns the cores that these processes have used since. */
function stopwatch(pids: readonly number[]): () => number {
  const usedSec = () => pids.reduce((sum, pid) => sum + cpuSecOf(pid), 0)
  const [fromSec, fromMs] = [usedSec(), performance.now()]
  return () => ((usedSec() - fromSec) * 1000) / (performance.now() - fromMs)
}

const ranks = (samples: readonly number[]) => ({
  median: median(samples),
  p95: percentile(samples, 95),
  worst: Math.max(...samples),
})

/** Follows the move until all rooms have arrived or the time is over. */
async function follow(stack: Stack, participants: NativeParticipants, count: number, startedMs: number) {
  const old = stack.nodes.find(({ id }) => id === FROM)!
  /** By index of the room. */
  const arrivedMs = new Map<number, number>()
  let [overloads, fullest, totalMs] = [0, 0, CROWD_TIMEOUT_MS]
  const hasArrived = (room: RoomState) => room.whole && room.nodes.every((node) => node === TO)
  await until(
    async () => {
      for (const [index, room] of participants.rooms().entries())
        if (!arrivedMs.has(index) && hasArrived(room)) arrivedMs.set(index, performance.now() - startedMs)
      const { utilisation, reserved } = await viewOf(stack, TO)
      fullest = Math.max(fullest, utilisation + reserved)
      if (utilisation + reserved > 1) overloads++
      if (arrivedMs.size < count) return false
      if ((await listRooms(old)).some((room) => room.participants > 0)) return false
      totalMs = performance.now() - startedMs
      return true
    },
    { what: 'all rooms moved', timeoutMs: CROWD_TIMEOUT_MS, everyMs: CROWD_CHECK_MS },
  ).catch(() => undefined)
  const gaps = participants.rooms().flatMap(({ longestGapMs }) => longestGapMs)
  return {
    totalMs,
    roomMs: ranks(arrivedMs.size > 0 ? [...arrivedMs.values()] : [CROWD_TIMEOUT_MS]),
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
