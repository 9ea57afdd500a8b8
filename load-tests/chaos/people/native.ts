// A person without a browser: LiveKit’s native client, and on top of it the same few rules by which Levee’s page
// follows its meeting from node to node. Sends a tiny picture, and knows when it last got one of each of the others.
import type { JoinAnswer, Problem } from '@levee/control-plane/contract'
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
import { setTimeout as pause } from 'node:timers/promises'
import { quietLibrary } from './quiet-library.ts'

const SIZE = { width: 64, height: 48 }
/** A room that does not connect within this is given up; its node may be dead. */
const CONNECT_WITHIN_MS = 15_000
/** The old room is left when everybody has arrived on the new one, or after this. */
const LEAVE_AFTER_MS = 10_000
const CLICKS = 5
/** Between two questions while the answer does not help. */
const AGAIN_MS = [250, 500, 1_000]

/**
 * One tiny camera for everybody. Measured: a person who sends and gets sound takes 2.5 % of a core of the process that
 * carries them, one with five frames of this a second 0.9 %. A gap is known as finely as there are frames.
 */
export function startCamera(framesPerSec: number): { source: VideoSource; stop: () => void } {
  const { width, height } = SIZE
  const source = new VideoSource(width, height)
  quietLibrary()
  let shade = 0
  const timer = setInterval(() => {
    shade = (shade + 20) % 256
    const pixels = new Uint8Array((width * height * 3) / 2).fill(shade)
    source.captureFrame(new VideoFrame(pixels, width, height, VideoBufferType.I420))
  }, 1_000 / framesPerSec)
  return { source, stop: () => clearInterval(timer) }
}

interface Slot {
  answer: JoinAnswer
  room: Room
  /** Settles when the library is through with it, which may be long after we gave it up. */
  connecting: Promise<void>
  connected: boolean
  /** Who was seen there. */
  seen: Set<string>
}

export interface NativeOptions {
  urls: readonly string[]
  /** Code of the room. */
  room: string
  name: string
  source: VideoSource
}

export class NativePerson {
  readonly name: string
  /** When each of the others was last seen; performance.now(). */
  readonly seenAtMs = new Map<string, number>()
  /** Longest time without a frame of any of the others. */
  longestGapMs = 0
  readonly #options: NativeOptions
  #slot: Slot | undefined
  #ticket = ''
  #identity = ''
  #over = false
  #asked = 0
  #asking: Promise<void> | undefined
  #again = false

  constructor(options: NativeOptions) {
    this.name = options.name
    this.#options = options
  }

  get identity(): string {
    return this.#identity
  }

  /** Of the connection that this person is in now; undefined while there is none. */
  get place(): { node: string; epoch: number } | undefined {
    return this.#slot?.connected ? this.#slot.answer : undefined
  }

  /** Clicks again when it does not work, as people do. */
  async join(): Promise<void> {
    let why: unknown
    for (let click = 0; click < CLICKS; click++) {
      const answer = await this.#ask('join', { name: this.name })
      if (typeof answer === 'string') why = new Error(`${this.name} was refused: ${answer}`)
      else if (await this.#moveTo(answer).then(isTrue, (error: unknown) => ((why = error), false))) return
      await pause(1_000)
    }
    throw why
  }

  leave(): void {
    this.#over = true
    this.#close(this.#slot)
  }

  /** Any replica will do. Gives the code of a refusal as text. */
  async #ask(verb: 'join' | 'rejoin', body: object): Promise<JoinAnswer | string> {
    const { urls, room } = this.#options
    const url = urls[this.#asked++ % urls.length]
    try {
      const reply = await fetch(`${url}/v1/rooms/${room}/${verb}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(3_000),
      })
      const answer = (await reply.json()) as JoinAnswer & Problem
      if (!reply.ok) return answer.code
      this.#ticket = answer.rejoinTicket
      this.#identity = answer.identity
      return answer
    } catch {
      return 'unreachable'
    }
  }

  /** The control plane knows where the meeting is; asked once at a time, and once more if something came meanwhile. */
  #follow(): void {
    if (this.#asking) {
      this.#again = true
      return
    }
    this.#asking = this.#reconcile().finally(() => {
      this.#asking = undefined
      if (this.#again) {
        this.#again = false
        this.#follow()
      }
    })
  }

  async #reconcile(): Promise<void> {
    for (let turn = 0; !this.#over; turn++) {
      const slot = this.#slot
      const lost = slot && !slot.connected ? { lost: slot.answer.epoch } : {}
      const answer = await this.#ask('rejoin', { ticket: this.#ticket, ...lost })
      if (this.#over) return
      // The page hangs up then: LiveKit’s own retries must not hide a wrong word.
      if (answer === 'room_not_found') return this.leave()
      // What still works is not given up for it.
      if (answer === 'rejoin_refused') return slot?.connected ? undefined : this.leave()
      if (typeof answer !== 'string') {
        const isNew = answer.epoch > (slot?.answer.epoch ?? 0)
        // The same place with a dead connection: LiveKit’s own retries have their chance first.
        const isDead = slot === this.#slot && !slot?.connected && turn >= AGAIN_MS.length
        if ((isNew || isDead) && (await this.#moveTo(answer).then(isTrue, isFalse))) return
        if (!isNew && this.#slot?.connected) return
      }
      const waitMs = AGAIN_MS[Math.min(turn, AGAIN_MS.length - 1)] ?? 1_000
      await pause(waitMs * (0.8 + 0.4 * Math.random()))
    }
  }

  /** Make before break. */
  async #moveTo(answer: JoinAnswer): Promise<void> {
    const room = new Room()
    const { serverUrl, participantToken } = answer
    const connecting = room.connect(serverUrl, participantToken, { autoSubscribe: true, dynacast: false })
    const slot: Slot = { answer, room, connecting, connected: false, seen: new Set() }
    this.#listen(slot)
    try {
      await within(CONNECT_WITHIN_MS, connecting)
      slot.connected = true
      const track = LocalVideoTrack.createVideoTrack('camera', this.#options.source)
      const options = new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA, simulcast: false })
      await within(CONNECT_WITHIN_MS, room.localParticipant!.publishTrack(track, options))
    } catch (error) {
      this.#close(slot)
      throw error
    }
    const old = this.#slot
    this.#slot = slot
    if (this.#over) return this.#close(slot)
    if (old) void this.#leaveWhenArrived(old, slot)
    // It may have been called while it connected, or lost already.
    this.#onMetadata(slot, room.metadata)
    if (!slot.connected) this.#follow()
  }

  async #leaveWhenArrived(old: Slot, next: Slot): Promise<void> {
    const sinceMs = performance.now()
    const arrived = () => [...old.room.remoteParticipants.keys()].every((who) => next.seen.has(who))
    while (old.connected && !arrived() && performance.now() - sinceMs < LEAVE_AFTER_MS) await pause(200)
    this.#close(old)
  }

  #listen(slot: Slot): void {
    const { room } = slot
    const lost = () => {
      slot.connected = false
      if (slot === this.#slot && !this.#over) this.#follow()
    }
    room.on(RoomEvent.Reconnecting, lost)
    room.on(RoomEvent.Disconnected, lost)
    room.on(RoomEvent.Reconnected, () => (slot.connected = true))
    room.on(RoomEvent.RoomMetadataChanged, (metadata) => this.#onMetadata(slot, metadata))
    room.on(RoomEvent.TrackSubscribed, (track, _, participant) => {
      // It may be gone again by the time that it is told.
      if (track instanceof RemoteVideoTrack)
        void this.#watch(slot, track, participant.identity).catch(() => undefined)
    })
  }

  #seenAsk = 0

  /** {"ask": n}: something about the meeting changed. */
  #onMetadata(slot: Slot, metadata: string | undefined): void {
    if (slot !== this.#slot || !metadata) return
    const { ask = 0 } = JSON.parse(metadata) as { ask?: number }
    if (ask === this.#seenAsk) return
    this.#seenAsk = ask
    this.#follow()
  }

  async #watch(slot: Slot, track: RemoteVideoTrack, identity: string): Promise<void> {
    for await (const _ of new VideoStream(track)) {
      if (this.#over) break
      slot.seen.add(identity)
      const nowMs = performance.now()
      const gapMs = nowMs - (this.seenAtMs.get(identity) ?? nowMs)
      this.longestGapMs = Math.max(this.longestGapMs, gapMs)
      this.seenAtMs.set(identity, nowMs)
    }
  }

  #close(slot: Slot | undefined): void {
    if (!slot) return
    slot.connected = false
    // A room whose node is dead takes its time, and nobody waits for it. One that connects after all would throw its
    // person out of the next connection to the same room.
    void slot.connecting.then(() => slot.room.disconnect()).catch(() => undefined)
  }
}

const isTrue = () => true
const isFalse = () => false

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
