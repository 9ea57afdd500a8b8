import type { JoinAnswer } from '@levee/control-plane/contract'
import { RoomEvent, type Room } from 'livekit-client'
import { rejoinRoom, type Refusal } from '../api/client.ts'
import { rememberChoices } from '../devices/saved-choices.ts'
import type { HandedOver } from '../devices/preview.ts'
import type { Measured } from '../sites/round-trips.ts'
import type { ShownRefusal } from '../ui/ProblemNotice.tsx'
import { refusalWords } from '../api/problem-messages.ts'
import type { ShareFor } from '../devices/capture.ts'
import {
  connectionFaultOf,
  connectRoom,
  newRoom,
  refreshOptions,
  setPace,
} from './connections/livekit-room.ts'
import type { Over } from './connections/connection-status.ts'
import { Decoded } from './connections/decoded-tracks.ts'
import { Failover } from './failover/failover.ts'
import { keepSame } from './structural-sharing.ts'
import { listens } from './failover/node-probe.ts'
import { Looks } from './refresh-scheduler.ts'
import { OwnMedia } from '../devices/local-media.ts'
import { onPageBack } from './failover/page-resume.ts'
import { Senders } from './publishing/publishers.ts'
import type { Sending } from './publishing/publisher.ts'
import type { Slot } from './connections/connection.ts'
import { watchSockets } from './connections/socket-watch.ts'
import { Talk } from './messages/data-messages.ts'
import { Telling } from './status-delay.ts'
import { firstView, lookAt, shownFrom, type MeetingView } from './meeting-view.ts'

let meetings = 0

/**
 * A meeting as the page sees it: one store, whatever connections stand behind it. What the person does goes to
 * every slot, what they see comes from the selector.
 */
export class Meeting {
  #view: MeetingView
  readonly #code: string
  readonly #listeners = new Set<() => void>()
  readonly #own = new OwnMedia(() => this.#onOwn())
  readonly #senders = new Senders(this.#own)
  readonly #decoded = new Decoded()
  readonly #failover: Failover
  readonly #talk: Talk
  #begun = false
  readonly #looks = new Looks(() => this.#lookNow())
  readonly #telling = new Telling(() => this.#looks.soon())
  #refusal: Refusal | undefined
  #started: Promise<ShownRefusal | undefined> | undefined
  #stopWatching = () => {}

  /** Tells one meeting of this page from the next. */
  readonly id = ++meetings

  /** Nothing is opened yet: the page can be drawn out of sight beforehand. */
  constructor(code: string) {
    this.#code = code
    watchSockets()
    this.#failover = new Failover({
      newRoom,
      connect: connectRoom,
      ask: (lost) => rejoinRoom(code, this.#view.answer.rejoinTicket, lost),
      onChange: () => this.#looks.soon(),
      listens,
      onOpening: (slot) => this.#onOpening(slot),
      onLetIn: (slot) => this.#senders.start(slot, this.#sendingOn(slot)),
      onUp: (slot) => this.#onUp(slot),
      onOld: (sids) => sids.forEach((sid) => this.#decoded.reset(sid)),
      onLeads: () => {
        this.#adjust()
        this.#looks.atOnce()
      },
      onPace: ({ room }, pace) => setPace(room, pace),
      onGone: (slot) => this.#senders.drop(slot),
      onAnswer: (answer) => this.#onAnswer(answer),
      onRefusal: (refusal) => this.#onRefusal(refusal),
      onThrownOut: (why) => this.leave(why),
      shownFrom: (slot) => shownFrom(this.#view.people, slot.id),
      allSettled: (slot) => this.#talk.allSettled(slot),
    })
    this.#talk = new Talk(
      () => this.#failover.slots.all,
      () => this.#looks.soon(),
    )
    this.#view = firstView(newRoom())
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly view = (): MeetingView => this.#view
  get chat() {
    return this.#talk.chat
  }

  /** Connects to the node of `answer` and sends `tracks`. The page can be shown at once. */
  begin(answer: JoinAnswer, tracks: HandedOver, measured: Measured): void {
    const { room } = this.#view
    refreshOptions(room)
    this.#own.take(tracks)
    this.#view = { ...this.#view, measured }
    this.#started = this.#start(answer, room)
    this.#lookNow()
  }

  /** Resolves when the meeting has begun, with a refusal when the way to the node is not open; it is then over. */
  begun(): Promise<ShownRefusal | undefined> {
    return this.#started ?? Promise.resolve(undefined)
  }

  async #start(answer: JoinAnswer, room: Room): Promise<ShownRefusal | undefined> {
    try {
      await this.#failover.begin(answer, room)
    } catch (error) {
      const fault = this.#over ? undefined : await this.#startElsewhere(answer, error)
      if (fault) return fault
    }
    if (this.#over) return undefined
    this.#begun = true
    // Who clicks Join before the devices are open is not muted for it: what was wanted comes as soon as it can.
    this.#own.refresh()
    this.#stopWatching = onPageBack(() => {
      this.#own.refresh()
      this.#failover.askOnce()
    })
    this.#lookNow()
    return undefined
  }

  /** The node may have died between the answer and the click: ask once whether the meeting has moved. */
  async #startElsewhere(answer: JoinAnswer, error: unknown): Promise<ShownRefusal | undefined> {
    const fault: ShownRefusal = { code: connectionFaultOf(error), node: nodeLine(answer) }
    const again = await rejoinRoom(this.#code, answer.rejoinTicket, answer.epoch)
    if (this.#over) return undefined
    if (!again.ok || again.value.epoch === answer.epoch) return fault
    try {
      await this.#failover.begin(again.value, newRoom())
      return undefined
    } catch (second) {
      return { code: connectionFaultOf(second), node: nodeLine(again.value) }
    }
  }

  get #over(): boolean {
    return this.#view.connection === 'over'
  }

  /** Leaves for good; the devices go off. */
  leave(why: Over = 'left'): void {
    if (this.#over) return
    this.#stopWatching()
    this.#telling.close()
    this.#looks.close()
    this.#senders.close()
    this.#failover.close()
    this.#own.close()
    this.#change({ connection: 'over', over: why, sharing: false })
  }

  setMicrophone(on: boolean): Promise<void> {
    rememberChoices({ microphoneOn: on })
    return this.#own.set('microphone', on)
  }

  setCamera(on: boolean): Promise<void> {
    rememberChoices({ cameraOn: on })
    return this.#own.set('camera', on)
  }

  async setShare(on: boolean, shareFor: ShareFor = 'text'): Promise<void> {
    if (on) await this.#own.startShare(shareFor)
    else this.#own.stopShare()
  }

  setShareFor(shareFor: ShareFor): void {
    this.#own.setShareFor(shareFor)
  }

  setHand(up: boolean): void {
    this.#talk.setHand(up)
  }

  say(text: string): void {
    const { identity, name } = this.#view.answer
    this.#talk.chat.send(text, { identity, name })
  }

  async switchDevice(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    if (kind === 'audioinput') return this.#own.switchDevice('microphone', deviceId)
    if (kind === 'videoinput') return this.#own.switchDevice('camera', deviceId)
    rememberChoices({ speakerId: deviceId })
    const { all } = this.#failover.slots
    await Promise.all(all.map(({ room }) => room.switchActiveDevice('audiooutput', deviceId)))
    this.#looks.soon()
  }

  /** The page shows one more frame of a track that has not shown enough yet; `enough`: now it has. */
  onFrame(trackSid: string, enough: boolean): void {
    const news = enough ? this.#decoded.first(trackSid) : this.#decoded.frame(trackSid)
    if (!news) return
    this.#failover.pictureSeen()
    this.#looks.atOnce()
  }

  #onOpening(slot: Slot): void {
    const { room, stops } = slot
    this.#talk.attach(slot)
    const onMuted = ({ trackSid }: { trackSid: string }) => this.#decoded.reset(trackSid)
    room.on(RoomEvent.TrackMuted, onMuted)
    stops.push(() => room.off(RoomEvent.TrackMuted, onMuted))
  }

  #onUp(slot: Slot): void {
    this.#senders.start(slot, this.#sendingOn(slot))
    this.#talk.opened(slot)
  }

  #onAnswer(answer: JoinAnswer): void {
    this.#refusal = undefined
    this.#view = { ...this.#view, answer }
  }

  #onRefusal(refusal: Refusal): boolean {
    this.#refusal = refusal
    this.#looks.soon()
    if (refusal.code === 'room_not_found') this.leave('ended')
    else if (refusalWords(refusal.code).retry !== 'never') return true
    // What still works is not given up for a word of the control plane.
    else if (this.#failover.troubled) this.leave('lost')
    return false
  }

  #onOwn(): void {
    this.#senders.sync()
    this.#lookNow()
  }

  /** Nothing is sent over a line that we have said is cut: who believes to be offline must be. */
  #sendingOn(slot: Slot): Sending {
    const { connection, told } = this.#view
    const cut = told && (connection === 'reconnecting' || connection === 'rejoining')
    return cut && slot.line !== 'up' ? { sound: false, picture: false } : this.#failover.sendingOn(slot)
  }

  #adjust(): void {
    this.#senders.adjust((slot) => this.#sendingOn(slot))
  }

  /** Looks at every slot anew and tells the page. */
  #lookNow(): void {
    if (this.#over) return
    const { slots, pulse } = this.#failover
    const { refusal: _, ...before } = this.#view
    const seen = lookAt(slots, this.#own, this.#talk.hands, {
      before,
      begun: this.#begun,
      delivering: {
        has: (sid) => this.#decoded.has(sid) || pulse.hears(sid),
        flows: (sid) => pulse.flows(sid, Date.now()),
      },
    })
    this.#view = keepSame(this.#view, {
      ...before,
      ...seen,
      told: this.#telling.isTold(before.connection, seen.connection),
      ...(this.#refusal && { refusal: this.#refusal }),
    })
    const { active } = slots
    if (active?.line === 'up' && shownFrom(seen.people, active.id) === shownFrom(seen.people))
      this.#talk.settle(active)
    this.#adjust()
    this.#tell()
  }

  #change(change: Partial<MeetingView>): void {
    this.#view = { ...this.#view, ...change }
    this.#tell()
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

const nodeLine = ({ node, site, serverUrl }: JoinAnswer) => `${node} (${site}) · ${serverUrl}`
