// What LiveKit's throttle of key-frame requests costs and saves in a large room: one participant sends, twenty join within
// two seconds, then some more one by one. A longer throttle saves the sender key frames and makes newcomers wait.
import { setTimeout as pause } from 'node:timers/promises'
import { type EdgeNode, type Stack, startStack } from '@levee/deploy/stack'
import { cpuSecOf } from '../../../lib/proc.ts'
import { foreignCores, markCpu } from '../../measure/machine-cpu.ts'
import {
  PLI_CALM_MS,
  PLI_CROWD,
  PLI_CROWD_WITHIN_MS,
  PLI_LATECOMERS,
  PLI_LATECOMER_EVERY_MS,
  PLI_THROTTLES_MS,
} from '../../tuning.ts'
import { type Sender, type Viewer, openSender, openViewer } from './clients.ts'

export interface PliTrial {
  throttleMs: number
  /** Time from the subscription to the first frame, for each participant of the crowd and each latecomer. */
  crowdMs: number[]
  lateMs: number[]
  crowd: Rates
  late: Rates
  /** While no one joins or leaves. */
  calm: Rates
  foreignCores: number
}

export interface Rates {
  keyFramesPerSec: number
  upstreamKbitPerSec: number
  livekitCores: number
}

export async function comparePliThrottles(options: {
  trials: number
  signal: AbortSignal
  onTrial: (trial: PliTrial) => void
}): Promise<PliTrial[]> {
  const stack = await startStack({ nodes: [], logLevel: 'warn', signal: options.signal })
  const trials: PliTrial[] = []
  try {
    // In turn, so that other work on the machine affects all throttles alike.
    for (let i = 0; i < options.trials; i++)
      for (const throttleMs of PLI_THROTTLES_MS) {
        options.signal.throwIfAborted()
        const trial = await measure(stack, throttleMs, i)
        trials.push(trial)
        options.onTrial(trial)
      }
    return trials
  } finally {
    await stack.stop()
  }
}

async function measure(stack: Stack, throttleMs: number, index: number): Promise<PliTrial> {
  const node = await stack.addBareLivekit({ id: `pli-${throttleMs}-${index}`, pliThrottleMs: throttleMs })
  const sender = await openSender(node)
  const viewers: Viewer[] = []
  let joined = 0
  const join = async () => {
    const viewer = await openViewer(node, `viewer-${joined++}`)
    viewers.push(viewer)
    return viewer.firstFrameMs
  }
  const cpu = markCpu()
  try {
    const joinAfter = (ms: number) => pause(ms).then(join)
    const crowd = await ratesDuring(node, sender, () =>
      Promise.all(
        Array.from({ length: PLI_CROWD }, (_, i) => joinAfter((i * PLI_CROWD_WITHIN_MS) / PLI_CROWD)),
      ),
    )
    const calm = await ratesDuring(node, sender, () => pause(PLI_CALM_MS))
    const late = await ratesDuring(node, sender, async () => {
      const waits: number[] = []
      for (let i = 0; i < PLI_LATECOMERS; i++) {
        waits.push(await join())
        await pause(PLI_LATECOMER_EVERY_MS)
      }
      return waits
    })
    return {
      throttleMs,
      crowdMs: crowd.result,
      lateMs: late.result,
      crowd: crowd.rates,
      calm: calm.rates,
      late: late.rates,
      foreignCores: foreignCores(cpu),
    }
  } finally {
    await Promise.all([...viewers, sender].map(({ leave }) => leave()))
    await node.livekit.stop()
  }
}

async function ratesDuring<T>(node: Pick<EdgeNode, 'livekit'>, sender: Sender, act: () => Promise<T>) {
  const read = async () => ({
    atMs: performance.now(),
    cpuSec: cpuSecOf(node.livekit.pid),
    ...(await sender.sent()),
  })
  const from = await read()
  const result = await act()
  const to = await read()
  const sec = (to.atMs - from.atMs) / 1000
  const rates: Rates = {
    keyFramesPerSec: (to.keyFrames - from.keyFrames) / sec,
    upstreamKbitPerSec: ((to.bytes - from.bytes) * 8) / 1000 / sec,
    livekitCores: (to.cpuSec - from.cpuSec) / sec,
  }
  return { result, rates }
}
