// One sender and its audience, without browsers.
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
import type { EdgeNode } from '@levee/deploy/stack'
import { signToken } from '../../people/livekit-rooms.ts'
import { quietLibrary } from '../../people/native/quiet-library.ts'
import { PLI_PICTURE } from '../../tuning.ts'

type Node = Pick<EdgeNode, 'url' | 'key'>

const tokenFor = ({ key }: Node, identity: string) =>
  signToken(key, { sub: identity, video: { room: 'pli', roomJoin: true } })

export interface Sender {
  sent: () => Promise<{ keyFrames: number; bytes: number }>
  leave: () => Promise<void>
}

export async function openSender(node: Node): Promise<Sender> {
  const { width, height, framesPerSec } = PLI_PICTURE
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

/** Moving coarse noise, whose key frames are as large as those of a real picture. */
function playNoise(source: VideoSource, framesPerSec: number): () => void {
  const { width, height } = PLI_PICTURE
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

export interface Viewer {
  /** Time from the subscription to the first frame. */
  firstFrameMs: Promise<number>
  leave: () => Promise<void>
}

export async function openViewer(node: Node, identity: string): Promise<Viewer> {
  const room = new Room()
  const firstFrameMs = new Promise<number>((resolve, reject) => {
    room.on(RoomEvent.TrackSubscribed, (track) => {
      if (!(track instanceof RemoteVideoTrack)) return
      const subscribedMs = performance.now()
      void firstFrame(new VideoStream(track)).then(() => resolve(performance.now() - subscribedMs), reject)
    })
    room.on(RoomEvent.Disconnected, () => reject(new Error(`${identity} was disconnected`)))
  })
  firstFrameMs.catch(() => undefined)
  await room.connect(node.url, tokenFor(node, identity), { autoSubscribe: true, dynacast: false })
  return { firstFrameMs, leave: () => room.disconnect() }
}

/** Keeps reading afterwards, because unread frames pile up. */
async function firstFrame(stream: VideoStream): Promise<void> {
  const reader = stream.getReader()
  await reader.read()
  const drain = async () => {
    while (!(await reader.read()).done);
  }
  void drain().catch(() => undefined)
}
