import type { JoinAnswer, NodeAccess } from '@levee/control-plane/contract'
import { isOlderEpoch } from '@levee/control-plane/protocol/epochs'
import type { Room } from 'livekit-client'
import type { Refusal } from '../../api/client.ts'
import { parseNodeMessage } from '@levee/control-plane/protocol/node-message'
import { staggerMs } from './stagger.ts'
import type { FailoverPorts } from './failover-ports.ts'
import { RejoinLoop } from './rejoin-loop.ts'
import { NodeProbe } from './node-probe.ts'
import { Handover } from './handover.ts'
import { MediaMonitor } from '../connections/media-monitor.ts'
import { sendPolicyFor } from './send-policy.ts'
import { SilenceDetector } from '../connections/silence-detector.ts'
import type { SendPolicy } from '../publishing/publisher.ts'
import { works, type Link, type NodeConnection } from '../connections/connection.ts'
import { Connections } from '../connections/connections.ts'
import { ReceiveQuality } from './receive-quality.ts'
import { Standby } from './standby.ts'

/** Our LiveKit tokens are good for two minutes. */
const TOKEN_MS = 90_000
/** The node is lost, and there is no other for this meeting. */
const NO_OTHER_PLACE: ReadonlySet<string> = new Set(['no_node', 'fleet_full', 'site_full'])
/** After this long on the access to a new place we ask again. */
const OPENING_MS = 2_000

/**
 * Where this person is connected. Crash, move, rejoin and standby are one thing: `reconcile` makes the connections
 * agree with the control plane's last answer; everything else only finds out when to ask for one.
 */
export class Failover {
  readonly connections: Connections
  readonly monitor: MediaMonitor
  readonly #ports: FailoverPorts
  readonly #rejoinLoop: RejoinLoop
  readonly #standby: Standby
  readonly #previous: Handover
  readonly #silence: SilenceDetector
  readonly #receiveQuality = new ReceiveQuality()
  readonly #probe: NodeProbe
  #answer: JoinAnswer | undefined
  #answeredMs = 0
  #begun = false
  #pictureSeen = false
  readonly #asked = new Map<string, number>()

  constructor(ports: FailoverPorts) {
    this.#ports = ports
    this.connections = new Connections(ports.connect, {
      onOpening: (connection) => {
        const moves = this.connections.previous.some(works)
        if (this.#begun) this.#receiveQuality.follow(connection, connection.role === 'standby' || !moves)
        ports.onOpening(connection)
      },
      // Not at the first: the others are there then, and their pictures come before ours (docs/adr/0010).
      onSignalConnected: (connection) => this.#begun && ports.onSignalConnected(connection),
      onChange: ports.onChange,
      onLinkChange: (connection, before) => this.#onLinkChange(connection, before),
      onMetadata: (connection) => this.#onMetadata(connection),
      onThrownOut: (connection, why) => this.#onThrownOut(connection, why),
    })
    this.monitor = new MediaMonitor(
      () => this.connections.all,
      (news) => this.#onPulse(news),
    )
    this.#silence = new SilenceDetector(this.connections, this.monitor)
    this.#rejoinLoop = new RejoinLoop(
      ports.ask,
      (answer) => this.reconcile(answer),
      (refusal) => this.#onRefusal(refusal),
    )
    this.#probe = new NodeProbe(ports.isListening, () => this.#onOpen())
    const { connections } = this
    const drop = (connection: NodeConnection) => this.#drop(connection)
    const { newRoom, onChange, tracksShownFrom, allSettled } = ports
    this.#standby = new Standby({
      connections,
      newRoom,
      drop,
      onChange,
      askIn: (ms) => this.#rejoinLoop.once(ms),
    })
    this.#previous = new Handover({ connections, tracksShownFrom, allSettled, drop, onChange })
  }

  /** The first connection, into a room that was made beforehand. Rejects when it does not stand. */
  async begin(answer: JoinAnswer, room: Room): Promise<void> {
    this.#take(answer)
    const before = this.connections.active
    if (before) this.connections.close(before)
    const { opened } = this.connections.open(answer, 'active', room)
    await opened
    this.#begun = true
    this.monitor.start()
    this.#setStandby(answer)
  }

  /** Makes the connections agree with an answer. An older one is ignored. */
  reconcile(answer: JoinAnswer): void {
    const { active } = this.connections
    if (active && isOlderEpoch(answer.epoch, active.epoch)) return
    this.#take(answer)
    if (!active || answer.epoch !== active.epoch) this.#goTo(answer)
    else if (active.link === 'reconnecting' || active.link === 'closed') this.#again(answer)
    this.#setStandby(answer)
    this.#ports.onChange()
  }

  /** Something may have changed without a word: the page slept, the link came back. */
  askOnce(): void {
    if (this.#begun) this.#rejoinLoop.once()
  }

  /** The page shows somebody's picture: from now on a standby is in nobody's access. */
  pictureSeen(): void {
    if (this.#pictureSeen) return
    this.#pictureSeen = true
    if (this.#begun && this.#answer) this.#setStandby(this.#answer)
  }

  /** What goes out on a connection. */
  sendPolicyFor(connection: NodeConnection): SendPolicy {
    return sendPolicyFor(connection, this.connections)
  }

  /** The meeting's own connection is not what it should be. */
  get troubled(): boolean {
    const { active } = this.connections
    return active !== undefined && !works(active)
  }

  close(): void {
    this.#rejoinLoop.close()
    this.#probe.stop()
    this.monitor.stop()
    this.#standby.close()
    this.#previous.close()
    for (const connection of this.connections.all) this.connections.close(connection)
  }

  #take(answer: JoinAnswer): void {
    this.#answer = answer
    this.#answeredMs = Date.now()
    this.#ports.onAnswer(answer)
  }

  /** The meeting runs there now. What is there already (the standby) is promoted; the old one stays for a while. */
  #goTo(access: NodeAccess): void {
    const old = this.connections.active
    const there = this.connections.all.find(({ epoch, link }) => epoch === access.epoch && link !== 'closed')
    if (old) {
      this.connections.setRole(old, 'previous')
      this.#ports.onRetryPace(old, 'none')
    }
    if (there) {
      this.#takesOver(there)
      this.connections.setRole(there, 'active')
      this.#ports.onRetryPace(there, 'quick')
      if (there.link === 'up') this.#well()
    } else {
      this.#openActive(access)
    }
    this.#previous.watch()
  }

  /** On the access nothing is asked: nobody knows yet whether this node is lost too. */
  #openActive(access: NodeAccess): void {
    this.#rejoinLoop.stop()
    this.#probe.stop()
    this.connections.open(access, 'active', this.#ports.newRoom())
  }

  /**
   * The same place anew: its node was restarted. LiveKit's own full reconnect pending two seconds before it sends
   * again. Its room goes first, or the two would throw each other out.
   */
  #again(access: NodeAccess): void {
    const old = this.connections.active
    if (old) {
      this.connections.setRole(old, 'previous')
      this.connections.hangUp(old)
      this.#ports.onGone(old)
    }
    this.#openActive(access)
    this.#previous.watch()
  }

  #setStandby({ standby }: JoinAnswer): void {
    this.#standby.follow(standby, this.#pictureSeen && this.connections.previous.length === 0)
  }

  #drop(connection: NodeConnection): void {
    this.connections.close(connection)
    this.#ports.onGone(connection)
  }

  #onLinkChange(connection: NodeConnection, before: Link): void {
    if (connection.link === 'up') this.#ports.onUp(connection)
    if (!this.#begun) return this.#ports.onChange()
    if (connection.role === 'active') this.#onActiveLine(connection, before)
    else if (connection.role === 'standby') {
      this.#standby.onLinkChange(connection)
      if (connection.link === 'up' && this.troubled) this.#trouble()
    } else if (connection.link === 'reconnecting') this.connections.hangUp(connection)
    this.#ports.onChange()
  }

  #onActiveLine(connection: NodeConnection, before: Link): void {
    if (connection.link === 'up') {
      this.#well()
      if (this.#answer) this.#setStandby(this.#answer)
      return
    }
    // The session is unreachable but the node is there: with a token in hand we are faster than LiveKit's own restart.
    const standing = this.connections.standby?.link === 'up'
    if (connection.link === 'reconnecting' && before !== 'connecting' && !standing && this.#fresh)
      return this.#again(this.#fresh)
    this.#trouble()
    if (connection.link === 'reconnecting') this.#rejoinLoop.hurry()
  }

  /** A access back to the same node with a token that is still good: the control plane's, else the node's own. */
  get #fresh(): NodeAccess | undefined {
    const nowMs = Date.now()
    if (nowMs - this.#answeredMs < TOKEN_MS) return this.#answer
    const { access, refreshedToken } = this.connections.active ?? {}
    return access && refreshedToken && nowMs < refreshedToken.untilMs
      ? { ...access, participantToken: refreshedToken.token }
      : undefined
  }

  #onRefusal(refusal: Refusal): boolean {
    const { active } = this.connections
    const broken = active && active.link !== 'up' && active.link !== 'connecting'
    // Its LiveKit has ended, and nobody else takes the meeting: it goes on when this one is back.
    if (broken && NO_OTHER_PLACE.has(refusal.code)) this.#probe.start(active.access.serverUrl)
    return this.#ports.onRefusal(refusal)
  }

  #onOpen(): void {
    if (this.#fresh) this.#again(this.#fresh)
    else this.#rejoinLoop.hurry()
  }

  /** At the first sign, at once and without waiting for anybody's word. */
  #trouble(): void {
    const { active, standby } = this.connections
    if (standby?.link === 'up') {
      this.#takesOver(standby)
      standby.promoted = true
      this.#ports.onPromoted()
      if (active) this.#ports.onRetryPace(active, 'slow')
      if (active?.link === 'degraded') {
        this.monitor.hurry()
        void this.#lookWhetherGone(active)
      }
    }
    // A place that we have not reached yet is not lost.
    this.#rejoinLoop.start(() => {
      const { active } = this.connections
      return active?.link === 'connecting' ? undefined : active?.epoch
    })
  }

  /**
   * What a jitter buffer holds looks like packets for a tenth of a second and more; a closed port is announced at once. Two
   * encoders for one camera cost a busy machine the standby's first picture.
   */
  async #lookWhetherGone(connection: NodeConnection): Promise<void> {
    if (
      connection.unreachable ||
      (await this.#ports.isListening(connection.access.serverUrl)) ||
      connection.link !== 'degraded'
    )
      return
    connection.unreachable = true
    this.#ports.onChange()
  }

  /** Whatever came on a standby is old when it begins to serve. */
  #takesOver(connection: NodeConnection): void {
    if (connection.role !== 'standby' || connection.promoted) return
    this.#ports.onStale(this.monitor.forget(connection, Date.now()))
  }

  #well(): void {
    const { active, standby } = this.connections
    if (standby) standby.promoted = false
    if (active) this.#ports.onRetryPace(active, 'quick')
    this.#rejoinLoop.stop()
    this.#probe.stop()
  }

  #onPulse(news: boolean): void {
    const { all, active, standby } = this.connections
    const nowMs = Date.now()
    let changed = news && all.length > 1
    for (const connection of all) {
      const silent = this.#silence.of(connection, nowMs)
      if (silent === connection.silent) continue
      connection.silent = silent
      changed = true
      if (connection !== active || connection.link !== 'up') continue
      if (silent) {
        this.#trouble()
      } else {
        this.#silence.wasFalse(nowMs)
        this.#well()
      }
    }
    if (active && standby?.link === 'up' && !standby.promoted) {
      const mirrored = this.#silence.echoesOn(standby, active, nowMs)
      changed ||= mirrored !== standby.mirrored
      standby.mirrored = mirrored
    }
    this.#receiveQuality.look(nowMs)
    // The new place lets us wait: is it still the right one?
    if (active?.link === 'connecting' && nowMs - active.linkSinceMs > OPENING_MS) {
      changed ||= !active.overdue
      active.overdue = true
      this.#trouble()
    }
    if (changed) this.#ports.onChange()
  }

  #onMetadata(connection: NodeConnection): void {
    const call = parseNodeMessage(connection.room.metadata)
    if (call === undefined || call.ask <= (this.#asked.get(connection.access.roomName) ?? -1)) return
    this.#asked.set(connection.access.roomName, call.ask)
    const { localParticipant, remoteParticipants } = connection.room
    this.#rejoinLoop.once(staggerMs(localParticipant.identity, [...remoteParticipants.keys()]))
  }

  #onThrownOut(connection: NodeConnection, why: 'removed' | 'elsewhere'): void {
    if (connection.role === 'active') this.#ports.onThrownOut(why)
    else this.#drop(connection)
  }
}
