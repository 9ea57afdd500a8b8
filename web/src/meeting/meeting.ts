import type { JoinAnswer } from '@levee/control-plane/contract'
import { RoomEvent, type Room } from 'livekit-client'
import { rejoinRoom, type Refusal } from '../api/client.ts'
import { rememberChoices } from '../devices/saved-choices.ts'
import type { HandedOver } from '../devices/preview.ts'
import type { Measured } from '../sites/round-trips.ts'
import type { ShownRefusal } from '../api/shown-problem.ts'
import { refusalWords } from '../api/problem-messages.ts'
import type { ShareFor } from '../devices/capture.ts'
import {
  connectionFaultOf,
  connectRoom,
  newRoom,
  refreshOptions,
  setPace,
} from './connections/livekit-room.ts'
import type { EndReason } from './connections/connection-status.ts'
import { DecodedTracks } from './connections/decoded-tracks.ts'
import { Failover } from './failover/failover.ts'
import { shareStructure } from './structural-sharing.ts'
import { isListening } from './failover/node-probe.ts'
import { RefreshScheduler } from './refresh-scheduler.ts'
import { OwnMedia } from '../devices/local-media.ts'
import { onPageResume } from './failover/page-resume.ts'
import { Publishers } from './publishing/publishers.ts'
import type { SendPolicy } from './publishing/publisher.ts'
import type { NodeConnection } from './connections/connection.ts'
import { watchSockets } from './connections/socket-watch.ts'
import { DataMessages } from './messages/data-messages.ts'
import { StatusDelay } from './status-delay.ts'
import { firstView, lookAt, tracksShownFrom, type MeetingView } from './meeting-view.ts'

let meetings = 0

/**
 * A meeting as the page sees it: one store, whatever connections stand behind it. What the person does goes to
 * every connection, what they see comes from the selector.
 */
export class Meeting {
  #view: MeetingView
  readonly #code: string
  readonly #listeners = new Set<() => void>()
  readonly #own = new OwnMedia(() => this.#onOwn())
  readonly #publishers = new Publishers(this.#own)
  readonly #decodedTracks = new DecodedTracks()
  readonly #failover: Failover
  readonly #messages: DataMessages
  #begun = false
  readonly #looks = new RefreshScheduler(() => this.#lookNow())
  readonly #statusDelay = new StatusDelay(() => this.#looks.soon())
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
      isListening,
      onOpening: (connection) => this.#onOpening(connection),
      onSignalConnected: (connection) => this.#publishers.start(connection, this.#sendPolicyFor(connection)),
      onUp: (connection) => this.#onUp(connection),
      onStale: (sids) => sids.forEach((sid) => this.#decodedTracks.reset(sid)),
      onPromoted: () => {
        this.#adjust()
        this.#looks.atOnce()
      },
      onRetryPace: ({ room }, pace) => setPace(room, pace),
      onGone: (connection) => this.#publishers.drop(connection),
      onAnswer: (answer) => this.#onAnswer(answer),
      onRefusal: (refusal) => this.#onRefusal(refusal),
      onThrownOut: (why) => this.leave(why),
      tracksShownFrom: (connection) => tracksShownFrom(this.#view.people, connection.id),
      allSettled: (connection) => this.#messages.allSettled(connection),
    })
    this.#messages = new DataMessages(
      () => this.#failover.connections.all,
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
    return this.#messages.chat
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

  /** Resolves when the meeting has begun, with a refusal when the access to the node is not open; it is then over. */
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
    this.#stopWatching = onPageResume(() => {
      this.#own.refresh()
      this.#failover.askOnce()
    })
    this.#lookNow()
    return undefined
  }

  /** The node may have died between the answer and the click: ask once whether the meeting has moved. */
  async #startElsewhere(answer: JoinAnswer, error: unknown): Promise<ShownRefusal | undefined> {
    const fault: ShownRefusal = { code: connectionFaultOf(error), node: nodeOf(answer) }
    const again = await rejoinRoom(this.#code, answer.rejoinTicket, answer.epoch)
    if (this.#over) return undefined
    if (!again.ok || again.value.epoch === answer.epoch) return fault
    try {
      await this.#failover.begin(again.value, newRoom())
      return undefined
    } catch (second) {
      return { code: connectionFaultOf(second), node: nodeOf(again.value) }
    }
  }

  get #over(): boolean {
    return this.#view.connection === 'over'
  }

  /** Leaves for good; the devices go off. */
  leave(why: EndReason = 'left'): void {
    if (this.#over) return
    this.#stopWatching()
    this.#statusDelay.close()
    this.#looks.close()
    this.#publishers.close()
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
    this.#messages.setHand(up)
  }

  say(text: string): void {
    const { identity, name } = this.#view.answer
    this.#messages.chat.send(text, { identity, name })
  }

  async switchDevice(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    if (kind === 'audioinput') return this.#own.switchDevice('microphone', deviceId)
    if (kind === 'videoinput') return this.#own.switchDevice('camera', deviceId)
    rememberChoices({ speakerId: deviceId })
    const { all } = this.#failover.connections
    await Promise.all(all.map(({ room }) => room.switchActiveDevice('audiooutput', deviceId)))
    this.#looks.soon()
  }

  /** The page shows one more frame of a track that has not shown enough yet; `enough`: now it has. */
  onFrame(trackSid: string, enough: boolean): void {
    const news = enough ? this.#decodedTracks.first(trackSid) : this.#decodedTracks.frame(trackSid)
    if (!news) return
    this.#failover.pictureSeen()
    this.#looks.atOnce()
  }

  #onOpening(connection: NodeConnection): void {
    const { room, cleanups } = connection
    this.#messages.attach(connection)
    const onMuted = ({ trackSid }: { trackSid: string }) => this.#decodedTracks.reset(trackSid)
    room.on(RoomEvent.TrackMuted, onMuted)
    cleanups.push(() => room.off(RoomEvent.TrackMuted, onMuted))
  }

  #onUp(connection: NodeConnection): void {
    this.#publishers.start(connection, this.#sendPolicyFor(connection))
    this.#messages.opened(connection)
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
    this.#publishers.sync()
    this.#lookNow()
  }

  /** Nothing is sent over a link that we have said is cut: who believes to be offline must be. */
  #sendPolicyFor(connection: NodeConnection): SendPolicy {
    const { announced, connection: status } = this.#view
    const cut = announced && (status === 'reconnecting' || status === 'rejoining')
    return cut && connection.link !== 'up'
      ? { sound: false, picture: false }
      : this.#failover.sendPolicyFor(connection)
  }

  #adjust(): void {
    this.#publishers.adjust((connection) => this.#sendPolicyFor(connection))
  }

  /** RefreshScheduler at every connection anew and tells the page. */
  #lookNow(): void {
    if (this.#over) return
    const { connections, monitor } = this.#failover
    const { refusal: _, ...before } = this.#view
    const seen = lookAt(connections, this.#own, this.#messages.hands, {
      before,
      begun: this.#begun,
      delivering: {
        has: (sid) => this.#decodedTracks.has(sid) || monitor.hears(sid),
        flows: (sid) => monitor.flows(sid, Date.now()),
      },
    })
    this.#view = shareStructure(this.#view, {
      ...before,
      ...seen,
      announced: this.#statusDelay.isAnnounced(before.connection, seen.connection),
      ...(this.#refusal && { refusal: this.#refusal }),
    })
    const { active } = connections
    if (active?.link === 'up' && tracksShownFrom(seen.people, active.id) === tracksShownFrom(seen.people))
      this.#messages.settle(active)
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

const nodeOf = ({ node, site, serverUrl }: JoinAnswer) => ({ node, site, serverUrl })
