// What LiveKit’s throttle of key-frame requests costs and gives in a room of many: one person sends, twenty come within
// two seconds, then some more one by one. A longer throttle saves key frames of the sender, and lets newcomers wait.
import { setTimeout as pause } from 'node:timers/promises'
import {
  LocalVideoTrack,
  RemoteVideoTrack,
  Room,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoFrame,
  VideoSource,
  VideoStream,
} from '@livekit/rtc-node'
import { median, percentile } from '@levee/deploy/statistics'
import { type EdgeNode, type Stack, startStack } from '../../../deploy/stack/stack.ts'
import { table } from '../../lib/report/markdown.ts'
import { signToken } from '../people/livekit-rooms.ts'
import { cpuSecOf, foreignCores, markCpu } from '../measure/machine-cpu.ts'
import { quietLibrary } from '../people/quiet-library.ts'

const THROTTLES_MS = [100, 200, 250, 500]
const CROWD = 20
const CROWD_WITHIN_MS = 2_000
const LATE = 6
const LATE_EVERY_MS = 1_000
const CALM_MS = 3_000
const PICTURE = { width: 640, height: 360, framesPerSec: 10 }

type Node = Pick<EdgeNode, 'url' | 'key' | 'livekit'>

export interface PliTrial {
  throttleMs: number
  /** From the subscription until the first frame, for each of the crowd and for each latecomer. */
  crowdMs: number[]
  lateMs: number[]
  crowd: Rates
  late: Rates
  /** Nobody comes or goes. */
  calm: Rates
  foreignCores: number
}

interface Rates {
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
    // In turn, so that what else the machine does meets all alike.
    for (let i = 0; i < options.trials; i++)
      for (const throttleMs of THROTTLES_MS) {
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
  const audience: Audience[] = []
  let came = 0
  const come = async () => {
    const one = await openAudience(node, `audience-${came++}`)
    audience.push(one)
    return one.firstFrameMs
  }
  const cpu = markCpu()
  try {
    const comeAfter = (ms: number) => pause(ms).then(come)
    const crowd = await ratesDuring(node, sender, () =>
      Promise.all(Array.from({ length: CROWD }, (_, i) => comeAfter((i * CROWD_WITHIN_MS) / CROWD))),
    )
    const calm = await ratesDuring(node, sender, () => pause(CALM_MS))
    const late = await ratesDuring(node, sender, async () => {
      const waits: number[] = []
      for (let i = 0; i < LATE; i++) {
        waits.push(await come())
        await pause(LATE_EVERY_MS)
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
    await Promise.all([...audience, sender].map(({ leave }) => leave()))
    await node.livekit.stop()
  }
}

async function ratesDuring<T>(node: Node, sender: Sender, act: () => Promise<T>) {
  const look = async () => ({
    atMs: performance.now(),
    cpuSec: cpuSecOf(node.livekit.pid),
    ...(await sender.sent()),
  })
  const from = await look()
  const result = await act()
  const to = await look()
  const sec = (to.atMs - from.atMs) / 1000
  const rates: Rates = {
    keyFramesPerSec: (to.keyFrames - from.keyFrames) / sec,
    upstreamKbitPerSec: ((to.bytes - from.bytes) * 8) / 1000 / sec,
    livekitCores: (to.cpuSec - from.cpuSec) / sec,
  }
  return { result, rates }
}

const tokenFor = ({ key }: Node, identity: string) =>
  signToken(key, { sub: identity, video: { room: 'pli', roomJoin: true } })

interface Sender {
  sent: () => Promise<{ keyFrames: number; bytes: number }>
  leave: () => Promise<void>
}

async function openSender(node: Node): Promise<Sender> {
  const { width, height, framesPerSec } = PICTURE
  const source = new VideoSource(width, height)
  quietLibrary()
  const room = new Room()
  await room.connect(node.url, tokenFor(node, 'sender'), { autoSubscribe: false, dynacast: false })
  const stopCamera = playNoise(source, framesPerSec)
  const options = new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA, simulcast: false })
  await room.localParticipant!.publishTrack(LocalVideoTrack.createVideoTrack('camera', source), options)
  return {
    async sent() {
      const { publisherStats } = await room.getRtcStats()
      let [keyFrames, bytes] = [0, 0]
      for (const { stats } of publisherStats)
        if (stats.case === 'outboundRtp') {
          keyFrames += stats.value.outbound?.keyFramesEncoded ?? 0
          bytes += Number(stats.value.sent?.bytesSent ?? 0)
        }
      return { keyFrames, bytes }
    },
    async leave() {
      stopCamera()
      await room.disconnect()
    },
  }
}

/** Coarse noise that moves: a key frame of it is as dear as one of a real picture. */
function playNoise(source: VideoSource, framesPerSec: number): () => void {
  const { width, height } = PICTURE
  const BLOCK = 8
  const shades = Uint8Array.from({ length: 4_096 }, (_, i) => (Math.imul(i + 1, 2_654_435_761) >>> 16) & 0xff)
  let step = 0
  const timer = setInterval(() => {
    step++
    const pixels = new Uint8Array((width * height * 3) / 2).fill(128)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x += BLOCK) {
        const shade = shades[((y >> 3) * 81 + ((x + step) >> 3)) & 4_095] ?? 0
        pixels.fill(shade, y * width + x, y * width + x + BLOCK)
      }
    source.captureFrame(new VideoFrame(pixels, width, height, VideoBufferType.I420))
  }, 1_000 / framesPerSec)
  return () => clearInterval(timer)
}

interface Audience {
  firstFrameMs: Promise<number>
  leave: () => Promise<void>
}

async function openAudience(node: Node, identity: string): Promise<Audience> {
  const room = new Room()
  const firstFrameMs = new Promise<number>((resolve, reject) => {
    room.on(RoomEvent.TrackSubscribed, (track) => {
      if (!(track instanceof RemoteVideoTrack)) return
      const subscribedMs = performance.now()
      void firstOf(new VideoStream(track)).then(() => resolve(performance.now() - subscribedMs), reject)
    })
    room.on(RoomEvent.Disconnected, () => reject(new Error(`${identity} was disconnected`)))
  })
  firstFrameMs.catch(() => undefined)
  await room.connect(node.url, tokenFor(node, identity), { autoSubscribe: true, dynacast: false })
  return { firstFrameMs, leave: () => room.disconnect() }
}

/** Goes on reading: frames that nobody takes pile up. */
async function firstOf(stream: VideoStream): Promise<void> {
  const reader = stream.getReader()
  await reader.read()
  const drain = async () => {
    while (!(await reader.read()).done);
  }
  void drain().catch(() => undefined)
}

export function pliMarkdown(trials: readonly PliTrial[]): string {
  const of = (throttleMs: number) => trials.filter((trial) => trial.throttleMs === throttleMs)
  const ranks = (samples: readonly number[]) =>
    [median(samples), percentile(samples, 95), Math.max(...samples)].map(Math.round).join(' / ')
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const rates = (which: readonly Rates[]) => [
    mean(which.map((one) => one.keyFramesPerSec)).toFixed(1),
    Math.round(mean(which.map((one) => one.upstreamKbitPerSec))),
    mean(which.map((one) => one.livekitCores)).toFixed(2),
  ]
  return table(
    [
      'throttle, ms',
      'trials',
      `first frame, ${CROWD} come within ${CROWD_WITHIN_MS / 1000} s`,
      'key frames/s',
      'kbit/s up',
      'LiveKit, cores',
      'first frame, one by one',
      'key frames/s',
      'kbit/s up',
      'LiveKit, cores',
      'calm: key frames/s',
      'kbit/s up',
      'LiveKit, cores',
    ],
    THROTTLES_MS.map((throttleMs) => {
      const these = of(throttleMs)
      return [
        throttleMs,
        these.length,
        ranks(these.flatMap(({ crowdMs }) => crowdMs)),
        ...rates(these.map(({ crowd }) => crowd)),
        ranks(these.flatMap(({ lateMs }) => lateMs)),
        ...rates(these.map(({ late }) => late)),
        ...rates(these.map(({ calm }) => calm)),
      ]
    }),
  )
}
