import type { JoinAnswer } from '@levee/control-plane/contract'
import { DisconnectReason, RoomEvent, Track, type Room } from 'livekit-client'
import { rejoinRoom } from '../control-plane.ts'
import { rememberChoices } from '../join/choices.ts'
import { faultOf, type DeviceFault } from '../join/device-fault.ts'
import type { HandedOver, Kind } from '../join/preview.ts'
import { NOTHING_MEASURED, type Measured } from '../join/site-times.ts'
import type { ShownRefusal } from '../ui/RefusalNotice.tsx'
import { refusalWords } from '../ui/refusals.ts'
import { connectionFaultOf, connectSlot, newSlot, refreshOptions, type OwnTracks } from './connect.ts'
import { selectPeople, type Person } from './feeds.ts'
import { startShare, stopShare, type ShareFor } from './share.ts'
import { onSlotChange, viewSlot, type Ref, type Slot } from './slot.ts'

/**
 * resuming: the signal socket is down, sound and picture go on; reconnecting: sound and picture are down;
 * rejoining: the node is given up and the control plane is asked for the place again.
 */
export type Connection = 'connecting' | 'connected' | 'resuming' | 'reconnecting' | 'rejoining' | 'over'
export type Over = 'left' | 'removed' | 'ended' | 'elsewhere' | 'lost'

export type MeetingView = {
  connection: Connection
  over?: Over
  /** Why rejoining waits, in the control plane's words. */
  refusal?: ShownRefusal
  answer: JoinAnswer
  /** Round trips to sites, from before the meeting. */
  measured: Measured
  /** The newest slot's room, for LiveKit's own hooks (chat, speaking, sound permission). */
  room: Room
  people: readonly Person<Ref>[]
  microphoneOn: boolean
  cameraOn: boolean
  sharing: boolean
  /** Why the last device that was switched on did not come. */
  deviceFault: { kind: Kind; fault: DeviceFault } | undefined
  /** Our own picture until the connection stands. */
  ownCamera: MediaStreamTrack | undefined
}

const RETRY_MS = 2_000

let meetings = 0

/** Stands where the answer will be, until somebody joins. */
const NOT_YET: JoinAnswer = {
  serverUrl: '',
  participantToken: '',
  roomName: '',
  node: '',
  site: '',
  nearestSite: null,
  epoch: 0,
  identity: '',
  name: '',
  role: 'guest',
  title: '',
  rejoinTicket: '',
}

/**
 * A meeting as the page sees it: one store, whatever connections stand behind it. Actions go to every
 * slot, pictures come from the selector.
 */
export class Meeting {
  #view: MeetingView
  #slots: Slot[]
  readonly #code: string
  readonly #listeners = new Set<() => void>()
  readonly #decoded = new Set<string>()
  #own: OwnTracks = { microphoneOn: false, cameraOn: false }
  #pending: HandedOver['pending'] = []
  /** On or off as wanted, until LiveKit has done it. */
  readonly #wishes = new Map<Kind, boolean>()
  readonly #switching: Record<Kind, Promise<void>> = {
    microphone: Promise.resolve(),
    camera: Promise.resolve(),
  }
  #over = false
  #started: Promise<ShownRefusal | undefined> | undefined

  /** Tells one meeting of this page from the next. */
  readonly id = ++meetings

  /** Nothing is opened yet: the page can be drawn out of sight beforehand. */
  constructor(code: string) {
    this.#code = code
    const slot = newSlot(NOT_YET)
    this.#slots = [slot]
    this.#view = {
      connection: 'connecting',
      answer: NOT_YET,
      measured: NOTHING_MEASURED,
      room: slot.room,
      people: [newcomer({ answer: NOT_YET, room: slot.room })],
      microphoneOn: false,
      cameraOn: false,
      sharing: false,
      deviceFault: undefined,
      ownCamera: undefined,
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly view = (): MeetingView => this.#view

  /** Connects to the node of `answer` and sends `tracks`. The page can be shown at once. */
  begin(answer: JoinAnswer, tracks: HandedOver, measured: Measured): void {
    const { microphone, camera } = tracks
    this.#own = {
      ...(microphone ? { microphone } : {}),
      ...(camera ? { camera } : {}),
      // What is still opening counts as wanted: a click in that moment switches it off, not on.
      microphoneOn: microphone !== undefined || tracks.pending.includes('microphone'),
      cameraOn: camera !== undefined || tracks.pending.includes('camera'),
    }
    this.#pending = tracks.pending
    const { room } = this.#view
    refreshOptions(room)
    const slot = newSlot(answer, room)
    this.#slots = [slot]
    this.#started = this.#start(slot, answer)
    const { microphoneOn, cameraOn } = this.#own
    const people = [newcomer({ answer, room })]
    this.#change({ answer, measured, people, microphoneOn, cameraOn, ownCamera: camera })
  }

  /** Resolves when the meeting has begun, with a refusal when the way to the node is not open; it is then over. */
  begun(): Promise<ShownRefusal | undefined> {
    return this.#started ?? Promise.resolve(undefined)
  }

  async #start(slot: Slot, answer: JoinAnswer): Promise<ShownRefusal | undefined> {
    try {
      await this.#open(slot, answer)
      this.#openPending()
      return undefined
    } catch (error) {
      return this.#over ? undefined : this.#startElsewhere(slot, error)
    }
  }

  /** Who clicks Join before the devices are open is not muted for it: what was wanted comes as soon as it can. */
  #openPending(): void {
    for (const kind of this.#pending)
      if (kind === 'microphone' ? this.#own.microphoneOn : this.#own.cameraOn) void this.#switch(kind, true)
  }

  /** The node may have died between the answer and the click: ask once whether the meeting has moved. */
  async #startElsewhere(slot: Slot, error: unknown): Promise<ShownRefusal | undefined> {
    const fault: ShownRefusal = { code: connectionFaultOf(error), node: nodeLine(this.#view.answer) }
    const again = await rejoinRoom(this.#code, this.#view.answer.rejoinTicket)
    if (!again.ok || again.value.epoch === slot.epoch) return fault
    try {
      await this.#moveTo(again.value)
      return undefined
    } catch (second) {
      return { code: connectionFaultOf(second), node: nodeLine(again.value) }
    }
  }

  /** Leaves for good; the devices go off. */
  leave(why: Over = 'left'): void {
    if (this.#over) return
    this.#over = true
    for (const { room } of this.#slots) {
      for (const { track } of room.localParticipant.trackPublications.values()) track?.stop()
      void room.disconnect(true)
    }
    this.#own.microphone?.stop()
    this.#own.camera?.stop()
    this.#change({ connection: 'over', over: why, sharing: false })
  }

  setMicrophone(on: boolean): Promise<void> {
    rememberChoices({ microphoneOn: on })
    return this.#switch('microphone', on)
  }

  setCamera(on: boolean): Promise<void> {
    rememberChoices({ cameraOn: on })
    return this.#switch('camera', on)
  }

  /** One after the other: LiveKit loses a wish that comes while it opens the device for the one before. */
  #switch(kind: Kind, on: boolean): Promise<void> {
    this.#wishes.set(kind, on)
    this.#look()
    return (this.#switching[kind] = this.#switching[kind].then(() => this.#fulfil(kind)))
  }

  /** Whatever is wanted by now. A device that does not open is off, and the page says why. */
  async #fulfil(kind: Kind): Promise<void> {
    const on = this.#wishes.get(kind)
    if (on === undefined || this.#over) return
    let deviceFault: MeetingView['deviceFault']
    try {
      await this.#everywhere(({ room: { localParticipant } }) =>
        kind === 'microphone'
          ? localParticipant.setMicrophoneEnabled(on)
          : localParticipant.setCameraEnabled(on),
      )
    } catch (error) {
      deviceFault = { kind, fault: await faultOf(error, [kind]) }
    }
    const isOn = on && !deviceFault
    this.#own = { ...this.#own, ...(kind === 'microphone' ? { microphoneOn: isOn } : { cameraOn: isOn }) }
    if (this.#wishes.get(kind) === on) this.#wishes.delete(kind)
    if (!this.#over) this.#view = { ...this.#view, deviceFault }
    this.#look()
  }

  async setShare(on: boolean, shareFor: ShareFor = 'text'): Promise<void> {
    const [slot] = this.#slots
    if (!slot) return
    if (on) await startShare(slot.room, shareFor)
    else await this.#everywhere(({ room }) => stopShare(room))
  }

  async switchDevice(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    const name = { audioinput: 'microphoneId', videoinput: 'cameraId', audiooutput: 'speakerId' } as const
    rememberChoices({ [name[kind]]: deviceId })
    await this.#everywhere(({ room }) => room.switchActiveDevice(kind, deviceId))
  }

  /** The page saw the first frame of a track: its feed may now be shown in place of an older one. */
  markDecoded(trackSid: string): void {
    if (this.#decoded.has(trackSid)) return
    this.#decoded.add(trackSid)
    this.#look()
  }

  async #everywhere(act: (slot: Slot) => Promise<unknown>): Promise<void> {
    try {
      await Promise.all(this.#slots.map(act))
    } finally {
      this.#look()
    }
  }

  async #open(slot: Slot, answer: JoinAnswer): Promise<void> {
    const { room } = slot
    onSlotChange(room, () => this.#look())
    room.on(RoomEvent.SignalReconnecting, () => this.#onConnection(slot, 'resuming'))
    room.on(RoomEvent.Reconnecting, () => this.#onConnection(slot, 'reconnecting'))
    room.on(RoomEvent.Reconnected, () => this.#onConnection(slot, 'connected'))
    room.on(RoomEvent.Disconnected, (reason) => this.#onDisconnected(slot, reason))
    // Read when they are published: somebody may have muted while the connection was on its way.
    const { published } = await connectSlot(slot, answer, () => this.#own)
    // What is switched from here on waits for the tracks to be there, or a mute would be lost.
    for (const kind of ['microphone', 'camera'] as const)
      this.#switching[kind] = this.#switching[kind].then(() => published)
    this.#onConnection(slot, 'connected')
  }

  #onConnection(slot: Slot, connection: Connection): void {
    if (this.#over || slot !== this.#slots.at(-1)) return
    const { refusal: _, ...view } = this.#view
    this.#view = { ...view, connection }
    this.#look()
  }

  #onDisconnected(slot: Slot, reason: DisconnectReason | undefined): void {
    const joined = this.#view.connection !== 'connecting' && this.#view.connection !== 'rejoining'
    if (this.#over || !joined || !this.#slots.includes(slot)) return
    if (reason === DisconnectReason.PARTICIPANT_REMOVED) return this.leave('removed')
    if (reason === DisconnectReason.DUPLICATE_IDENTITY) return this.leave('elsewhere')
    if (reason === DisconnectReason.CLIENT_INITIATED) return this.leave('left')
    // Anything else may be a node that went away, or a meeting that moved or ended: the control plane knows.
    this.#keepTracks(slot)
    void this.#rejoin()
  }

  async #rejoin(): Promise<void> {
    this.#change({ connection: 'rejoining' })
    while (!this.#over) {
      const again = await rejoinRoom(this.#code, this.#view.answer.rejoinTicket)
      if (this.#over) return
      if (again.ok) {
        try {
          return await this.#moveTo(again.value)
        } catch (error) {
          this.#change({ refusal: { code: connectionFaultOf(error), node: nodeLine(again.value) } })
          await sleep(RETRY_MS)
        }
      } else if (again.refusal.code === 'room_not_found') {
        return this.leave('ended')
      } else if (refusalWords(again.refusal.code).retry === 'never') {
        return this.leave('lost')
      } else {
        this.#change({ refusal: again.refusal })
        await sleep((again.refusal.retryAfterSec ?? RETRY_MS / 1000) * 1000 * (1 + Math.random() * 0.4))
      }
    }
  }

  /** Opens the new slot and only then lets the old ones go. */
  async #moveTo(answer: JoinAnswer): Promise<void> {
    const slot = newSlot(answer)
    const old = this.#slots
    this.#slots = [...old, slot]
    try {
      await this.#open(slot, answer)
    } catch (error) {
      this.#slots = this.#slots.filter((other) => other !== slot)
      throw error
    }
    this.#slots = [slot]
    for (const { room } of old) void room.disconnect(false)
    this.#change({ answer, room: slot.room })
    this.#look()
  }

  #keepTracks({ room }: Slot): void {
    const track = (source: Track.Source) =>
      room.localParticipant.getTrackPublication(source)?.track?.mediaStreamTrack
    const microphone = track(Track.Source.Microphone)
    const camera = track(Track.Source.Camera)
    if (microphone) this.#own.microphone = microphone
    if (camera) this.#own.camera = camera
  }

  /** Looks at every live slot anew and tells the page. */
  #look(): void {
    if (this.#over) return
    const people = selectPeople(this.#slots.map((slot) => viewSlot(slot, this.#decoded)))
    const me = people.find(({ isLocal }) => isLocal)
    if (!me) people.unshift(newcomer(this.#view))
    // Until a track is published the wish is the truth; then a host's mute counts too.
    const microphoneOn =
      this.#wishes.get('microphone') ?? (me?.microphone ? !me.microphone.muted : this.#own.microphoneOn)
    const cameraOn = this.#wishes.get('camera') ?? (me?.camera ? !me.camera.muted : this.#own.cameraOn)
    this.#own = { ...this.#own, microphoneOn, cameraOn }
    this.#change({ people, microphoneOn, cameraOn, sharing: me?.share !== undefined })
  }

  #change(change: Partial<MeetingView>): void {
    this.#view = { ...this.#view, ...change }
    for (const listener of this.#listeners) listener()
  }
}

const nodeLine = ({ node, site, serverUrl }: JoinAnswer) => `${node} (${site}) · ${serverUrl}`
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Ourselves before the node knows us: people see that they are on their way in. */
function newcomer({ answer, room }: Pick<MeetingView, 'answer' | 'room'>): Person<Ref> {
  return {
    identity: answer.identity,
    name: answer.name,
    isLocal: true,
    isHost: answer.role === 'host',
    joinedAtMs: 0,
    epoch: answer.epoch,
    ref: { participant: room.localParticipant, source: Track.Source.Camera },
    camera: undefined,
    microphone: undefined,
    share: undefined,
    shareAudio: undefined,
  }
}
