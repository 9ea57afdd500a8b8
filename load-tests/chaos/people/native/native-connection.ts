// One connection of a participant without a browser: a LiveKit room in one epoch.
import { setTimeout as pause } from 'node:timers/promises'
import type { JoinAnswer } from '@levee/control-plane/contract'
import {
  LocalVideoTrack,
  RemoteVideoTrack,
  Room,
  RoomEvent,
  TrackPublishOptions,
  TrackSource,
  type VideoSource,
  VideoStream,
} from '@livekit/rtc-node'
import { NATIVE_CONNECT_WITHIN_MS, NATIVE_LEAVE_AFTER_MS } from '../../tuning.ts'

export interface ConnectionEvents {
  onLost: () => void
  onMetadata: (metadata: string | undefined) => void
  /** Returns false if no more frames are needed. */
  onFrame: (identity: string) => boolean
}

export class NativeConnection {
  readonly answer: JoinAnswer
  connected = false
  readonly #room = new Room()
  readonly #events: ConnectionEvents
  /** Participants of whom a frame has arrived. */
  readonly #seen = new Set<string>()
  /** Settles when the library has finished, which may be long after this connection was given up. */
  #connecting: Promise<void> = Promise.resolve()

  constructor(answer: JoinAnswer, events: ConnectionEvents) {
    this.answer = answer
    this.#events = events
    this.#listen()
  }

  /** Connects and publishes the camera. Closes itself and throws if that fails or takes too long. */
  async open(source: VideoSource): Promise<void> {
    const { serverUrl, participantToken } = this.answer
    const settings = { autoSubscribe: true, dynacast: false }
    this.#connecting = this.#room.connect(serverUrl, participantToken, settings)
    try {
      await within(NATIVE_CONNECT_WITHIN_MS, this.#connecting)
      this.connected = true
      const track = LocalVideoTrack.createVideoTrack('camera', source)
      const options = new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA, simulcast: false })
      const publishing = this.#room.localParticipant!.publishTrack(track, options)
      await within(NATIVE_CONNECT_WITHIN_MS, publishing)
    } catch (error) {
      this.close()
      throw error
    }
  }

  get metadata(): string | undefined {
    return this.#room.metadata
  }

  /** Closes this connection when every participant in it has also been received on the next one. */
  async closeAfter(next: NativeConnection): Promise<void> {
    const sinceMs = performance.now()
    const arrived = () =>
      [...this.#room.remoteParticipants.keys()].every((identity) => next.#seen.has(identity))
    while (this.connected && !arrived() && performance.now() - sinceMs < NATIVE_LEAVE_AFTER_MS)
      await pause(200)
    this.close()
  }

  /**
   * A room whose node is dead takes a long time to connect, so this does not wait for it. If it still connects, it must
   * be left: otherwise it would remove the participant's next connection to the same room.
   */
  close(): void {
    this.connected = false
    void this.#connecting.then(() => this.#room.disconnect()).catch(() => undefined)
  }

  #listen(): void {
    const lost = () => {
      this.connected = false
      this.#events.onLost()
    }
    this.#room.on(RoomEvent.Reconnecting, lost)
    this.#room.on(RoomEvent.Disconnected, lost)
    this.#room.on(RoomEvent.Reconnected, () => (this.connected = true))
    this.#room.on(RoomEvent.RoomMetadataChanged, (metadata) => this.#events.onMetadata(metadata))
    this.#room.on(RoomEvent.TrackSubscribed, (track, _, participant) => {
      // The track may already have ended.
      if (track instanceof RemoteVideoTrack)
        void this.#watch(track, participant.identity).catch(() => undefined)
    })
  }

  async #watch(track: RemoteVideoTrack, identity: string): Promise<void> {
    for await (const _ of new VideoStream(track)) {
      if (!this.#events.onFrame(identity)) break
      this.#seen.add(identity)
    }
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const over = new AbortController()
  try {
    return await Promise.race([
      work,
      pause(ms, undefined, { signal: over.signal }).then(() => {
        throw new Error(`not done within ${ms} ms`)
      }),
    ])
  } finally {
    over.abort()
  }
}
