import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Room } from 'livekit-client'
import { rejoinRoom } from '../api/client.ts'
import { problemMessages } from '../api/problem-messages.ts'
import type { ShownProblem } from '../api/shown-problem.ts'
import { LocalMedia } from '../devices/local-media.ts'
import type { HandedOver } from '../devices/kinds.ts'
import type { Measured } from '../sites/round-trips.ts'
import type { EndReason } from './connections/connection-status.ts'
import type { NodeConnection } from './connections/connection.ts'
import { DecodedTracks } from './connections/decoded-tracks.ts'
import { connectRoom, newRoom, refreshOptions, setRetryPace } from './connections/livekit-room.ts'
import { watchSockets } from './connections/socket-watch.ts'
import { Failover } from './failover/failover.ts'
import { isAnswering } from './failover/node-probe.ts'
import { onPageResume } from './failover/page-resume.ts'
import { SEND_NOTHING, type SendPolicy } from './failover/send-policy.ts'
import { MeetingStore } from './meeting-store.ts'
import { observe, tracksShownFrom, type MeetingView } from './meeting-view.ts'
import { DataMessages } from './messages/data-messages.ts'
import { OwnControls } from './own-controls.ts'
import { Publishers } from './publishing/publishers.ts'
import { RefreshScheduler } from './refresh-scheduler.ts'
import { limitSubscriptions } from './selection/track-limits.ts'
import { startMeeting } from './start-meeting.ts'

let meetings = 0

/**
 * A meeting as the page sees it: one store for all connections behind it. What the participant does is applied to
 * every connection; what they see comes from the track selector.
 */
export class Meeting {
  readonly #code: string
  readonly #scheduler = new RefreshScheduler(() => this.#refresh())
  readonly #store = new MeetingStore(newRoom(), () => this.#scheduler.soon())
  readonly #media = new LocalMedia(() => this.#onOwnMedia())
  readonly #publishers = new Publishers(this.#media)
  readonly #decodedTracks = new DecodedTracks()
  readonly #failover: Failover
  readonly #messages: DataMessages
  #begun = false
  #started: Promise<ShownProblem | undefined> = Promise.resolve(undefined)
  #stopWatching = () => {}

  /** Unique among the meetings of this page. */
  readonly id = ++meetings
  readonly controls: OwnControls

  /** Opens nothing yet, so that the page can be rendered in advance. */
  constructor(code: string) {
    this.#code = code
    watchSockets()
    const refreshSoon = () => this.#scheduler.soon()
    this.#failover = new Failover({
      newRoom,
      connect: connectRoom,
      rejoin: (lost) => rejoinRoom(code, this.view().answer.rejoinTicket, lost),
      isAnswering,
      setRetryPace: ({ room }, pace) => setRetryPace(room, pace),
      onOpening: (connection) => {
        this.#messages.attach(connection)
        this.#decodedTracks.attach(connection)
        connection.cleanups.push(limitSubscriptions(connection.room))
      },
      publish: (connection, policy) =>
        this.#publishers.start(connection, this.#withheld(connection) ?? policy),
      unpublish: (connection) => this.#publishers.drop(connection),
      resendMessages: (connection) => this.#messages.opened(connection),
      onStale: (sids) => sids.forEach((sid) => this.#decodedTracks.reset(sid)),
      onPromoted: () => {
        this.#adjust()
        this.#scheduler.now()
      },
      onChange: refreshSoon,
      onAnswer: (answer) => this.#store.takeAnswer(answer),
      onRefusal: (refusal) => {
        this.#store.setRefusal(refusal)
        refreshSoon()
      },
      isRetryable: ({ code }) => problemMessages(code).retry !== 'never',
      onEnd: (why) => this.#onEnd(why),
      tracksShownFrom: ({ id }) => tracksShownFrom(this.view().people, id),
      allSettled: (connection) => this.#messages.allSettled(connection),
    })
    const { connections } = this.#failover
    this.#messages = new DataMessages(() => connections.all, refreshSoon)
    this.controls = new OwnControls({
      media: this.#media,
      messages: this.#messages,
      connections,
      me: () => this.view().answer,
      refresh: refreshSoon,
    })
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#store.subscribe(listener)
  readonly view = (): MeetingView => this.#store.view()
  get chat() {
    return this.#messages.chat
  }

  /** Connects to the node of `answer` and publishes `tracks`. The page can be shown at once. */
  begin(answer: JoinAnswer, tracks: HandedOver, measured: Measured): void {
    const { room } = this.view()
    refreshOptions(room)
    this.#media.take(tracks)
    this.#store.setMeasured(measured)
    this.#started = this.#start(answer, room)
    this.#refresh()
  }

  /** Resolves when the meeting has begun, or with a refusal when the node cannot be reached; then it is over. */
  begun(): Promise<ShownProblem | undefined> {
    return this.#started
  }

  async #start(answer: JoinAnswer, room: Room): Promise<ShownProblem | undefined> {
    const fault = await startMeeting(answer, room, {
      begin: (answer, room) => this.#failover.begin(answer, room),
      rejoin: (lost) => rejoinRoom(this.#code, answer.rejoinTicket, lost),
      isOver: () => this.#store.isOver,
    })
    if (fault || this.#store.isOver) return fault
    this.#begun = true
    // Devices that are not open yet at the click on Join follow as soon as they are.
    this.#media.refresh()
    this.#stopWatching = onPageResume(() => {
      this.#media.refresh()
      this.#failover.pageResumed()
    })
    this.#refresh()
    return undefined
  }

  /** Leaves for good; the devices are switched off. */
  leave(why: EndReason = 'left'): void {
    this.#failover.leave(why)
  }

  #onEnd(why: EndReason): void {
    this.#stopWatching()
    this.#scheduler.close()
    this.#publishers.close()
    this.#media.close()
    this.#store.end(why)
  }

  /** The page shows one more frame of a track that does not count as decoded yet; `enough`: this frame is sufficient. */
  onFrame(trackSid: string, enough: boolean): void {
    const isNews = enough
      ? this.#decodedTracks.acceptFirstFrame(trackSid)
      : this.#decodedTracks.addFrame(trackSid)
    if (!isNews) return
    this.#failover.pictureShown()
    this.#scheduler.now()
  }

  #onOwnMedia(): void {
    this.#publishers.sync()
    this.#refresh()
  }

  /** Undefined: the failover decides what is sent. */
  #withheld({ link }: NodeConnection): SendPolicy | undefined {
    return this.#store.withholdsOn(link) ? SEND_NOTHING : undefined
  }

  #adjust(): void {
    this.#publishers.adjust(
      (connection) => this.#withheld(connection) ?? this.#failover.sendPolicyFor(connection),
    )
  }

  /** Updates the view from every connection and notifies the page. */
  #refresh(): void {
    if (this.#store.isOver) return
    const { connections, mediaMonitor } = this.#failover
    const seen = observe(connections, this.#media, this.#messages, {
      before: this.view(),
      begun: this.#begun,
      delivering: {
        has: (sid) => this.#decodedTracks.has(sid) || mediaMonitor.hasSound(sid),
        flows: (sid) => mediaMonitor.flows(sid, Date.now()),
      },
    })
    this.#store.update(seen)
    const { active } = connections
    if (active?.link === 'up' && tracksShownFrom(seen.people, active.id) === tracksShownFrom(seen.people))
      this.#messages.reportSettled(active)
    this.#adjust()
    this.#store.notify()
  }
}
