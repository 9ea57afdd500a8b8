import type { JoinAnswer, NodeAccess } from '@levee/control-plane/contract'
import type { Room } from 'livekit-client'
import type { Refusal } from '../../api/client.ts'
import { callIn, turnMs } from '../messages/node-message.ts'
import type { FailoverPorts } from './failover-ports.ts'
import { Inquiry } from './rejoin-loop.ts'
import { Knock } from './node-probe.ts'
import { Leaving } from './handover.ts'
import { Pulse } from '../connections/media-monitor.ts'
import { sendingOn } from './send-policy.ts'
import { Silence } from '../connections/silence-detector.ts'
import type { Sending } from '../publishing/publisher.ts'
import { works, type Line, type Slot } from '../connections/connection.ts'
import { isOlderEpoch } from '@levee/control-plane/protocol/epochs'
import { Slots } from '../connections/connections.ts'
import { SmallFirst } from './receive-quality.ts'
import { Standby } from './standby.ts'

/** Our LiveKit tokens are good for two minutes. */
const TOKEN_MS = 90_000
/** The node is lost, and there is no other for this meeting. */
const NO_OTHER_PLACE: ReadonlySet<string> = new Set(['no_node', 'fleet_full', 'site_full'])
/** After this long on the way to a new place we ask again. */
const OPENING_MS = 2_000

/**
 * Where this person is connected. Crash, move, rejoin and standby are one thing: `reconcile` makes the slots
 * agree with the control plane's last answer; everything else only finds out when to ask for one.
 */
export class Failover {
  readonly slots: Slots
  readonly pulse: Pulse
  readonly #ports: FailoverPorts
  readonly #inquiry: Inquiry
  readonly #standby: Standby
  readonly #leaving: Leaving
  readonly #silence: Silence
  readonly #smallFirst = new SmallFirst()
  readonly #knock: Knock
  #answer: JoinAnswer | undefined
  #answeredMs = 0
  #begun = false
  #pictureSeen = false
  readonly #asked = new Map<string, number>()

  constructor(ports: FailoverPorts) {
    this.#ports = ports
    this.slots = new Slots(ports.connect, {
      onOpening: (slot) => {
        const moves = this.slots.leaving.some(works)
        if (this.#begun) this.#smallFirst.follow(slot, slot.role === 'standby' || !moves)
        ports.onOpening(slot)
      },
      // Not at the first: the others are there then, and their pictures come before ours (docs/adr/0010).
      onLetIn: (slot) => this.#begun && ports.onLetIn(slot),
      onChange: ports.onChange,
      onLine: (slot, before) => this.#onLine(slot, before),
      onMetadata: (slot) => this.#onMetadata(slot),
      onThrownOut: (slot, why) => this.#onThrownOut(slot, why),
    })
    this.pulse = new Pulse(
      () => this.slots.all,
      (news) => this.#onPulse(news),
    )
    this.#silence = new Silence(this.slots, this.pulse)
    this.#inquiry = new Inquiry(
      ports.ask,
      (answer) => this.reconcile(answer),
      (refusal) => this.#onRefusal(refusal),
    )
    this.#knock = new Knock(ports.listens, () => this.#onOpen())
    const { slots } = this
    const drop = (slot: Slot) => this.#drop(slot)
    const { newRoom, onChange, shownFrom, allSettled } = ports
    this.#standby = new Standby({ slots, newRoom, drop, onChange, askIn: (ms) => this.#inquiry.once(ms) })
    this.#leaving = new Leaving({ slots, shownFrom, allSettled, drop, onChange })
  }

  /** The first connection, into a room that was made beforehand. Rejects when it does not stand. */
  async begin(answer: JoinAnswer, room: Room): Promise<void> {
    this.#take(answer)
    const before = this.slots.active
    if (before) this.slots.close(before)
    const { opened } = this.slots.open(answer, 'active', room)
    await opened
    this.#begun = true
    this.pulse.start()
    this.#setStandby(answer)
  }

  /** Makes the slots agree with an answer. An older one is ignored. */
  reconcile(answer: JoinAnswer): void {
    const { active } = this.slots
    if (active && isOlderEpoch(answer.epoch, active.epoch)) return
    this.#take(answer)
    if (!active || answer.epoch !== active.epoch) this.#goTo(answer)
    else if (active.line === 'cut' || active.line === 'closed') this.#again(answer)
    this.#setStandby(answer)
    this.#ports.onChange()
  }

  /** Something may have changed without a word: the page slept, the line came back. */
  askOnce(): void {
    if (this.#begun) this.#inquiry.once()
  }

  /** The page shows somebody's picture: from now on a standby is in nobody's way. */
  pictureSeen(): void {
    if (this.#pictureSeen) return
    this.#pictureSeen = true
    if (this.#begun && this.#answer) this.#setStandby(this.#answer)
  }

  /** What goes out on a slot. */
  sendingOn(slot: Slot): Sending {
    return sendingOn(slot, this.slots)
  }

  /** The meeting's own connection is not what it should be. */
  get troubled(): boolean {
    const { active } = this.slots
    return active !== undefined && !works(active)
  }

  close(): void {
    this.#inquiry.close()
    this.#knock.stop()
    this.pulse.stop()
    this.#standby.close()
    this.#leaving.close()
    for (const slot of this.slots.all) this.slots.close(slot)
  }

  #take(answer: JoinAnswer): void {
    this.#answer = answer
    this.#answeredMs = Date.now()
    this.#ports.onAnswer(answer)
  }

  /** The meeting runs there now. What is there already (the standby) is promoted; the old one stays for a while. */
  #goTo(way: NodeAccess): void {
    const old = this.slots.active
    const there = this.slots.all.find(({ epoch, line }) => epoch === way.epoch && line !== 'closed')
    if (old) {
      this.slots.setRole(old, 'leaving')
      this.#ports.onPace(old, 'none')
    }
    if (there) {
      this.#takesOver(there)
      this.slots.setRole(there, 'active')
      this.#ports.onPace(there, 'quick')
      if (there.line === 'up') this.#well()
    } else {
      this.#openActive(way)
    }
    this.#leaving.watch()
  }

  /** On the way nothing is asked: nobody knows yet whether this node is lost too. */
  #openActive(way: NodeAccess): void {
    this.#inquiry.stop()
    this.#knock.stop()
    this.slots.open(way, 'active', this.#ports.newRoom())
  }

  /**
   * The same place anew: its node was restarted. LiveKit's own full reconnect waits two seconds before it sends
   * again. Its room goes first, or the two would throw each other out.
   */
  #again(way: NodeAccess): void {
    const old = this.slots.active
    if (old) {
      this.slots.setRole(old, 'leaving')
      this.slots.hangUp(old)
      this.#ports.onGone(old)
    }
    this.#openActive(way)
    this.#leaving.watch()
  }

  #setStandby({ standby }: JoinAnswer): void {
    this.#standby.follow(standby, this.#pictureSeen && this.slots.leaving.length === 0)
  }

  #drop(slot: Slot): void {
    this.slots.close(slot)
    this.#ports.onGone(slot)
  }

  #onLine(slot: Slot, before: Line): void {
    if (slot.line === 'up') this.#ports.onUp(slot)
    if (!this.#begun) return this.#ports.onChange()
    if (slot.role === 'active') this.#onActiveLine(slot, before)
    else if (slot.role === 'standby') {
      this.#standby.onLine(slot)
      if (slot.line === 'up' && this.troubled) this.#trouble()
    } else if (slot.line === 'cut') this.slots.hangUp(slot)
    this.#ports.onChange()
  }

  #onActiveLine(slot: Slot, before: Line): void {
    if (slot.line === 'up') {
      this.#well()
      if (this.#answer) this.#setStandby(this.#answer)
      return
    }
    // The session is gone but the node is there: with a token in hand we are faster than LiveKit's own restart.
    const standing = this.slots.standby?.line === 'up'
    if (slot.line === 'cut' && before !== 'opening' && !standing && this.#fresh)
      return this.#again(this.#fresh)
    this.#trouble()
    if (slot.line === 'cut') this.#inquiry.hurry()
  }

  /** A way back to the same node with a token that is still good: the control plane's, else the node's own. */
  get #fresh(): NodeAccess | undefined {
    const nowMs = Date.now()
    if (nowMs - this.#answeredMs < TOKEN_MS) return this.#answer
    const { way, renewed } = this.slots.active ?? {}
    return way && renewed && nowMs < renewed.untilMs ? { ...way, participantToken: renewed.token } : undefined
  }

  #onRefusal(refusal: Refusal): boolean {
    const { active } = this.slots
    const broken = active && active.line !== 'up' && active.line !== 'opening'
    // Its LiveKit has ended, and nobody else takes the meeting: it goes on when this one is back.
    if (broken && NO_OTHER_PLACE.has(refusal.code)) this.#knock.start(active.way.serverUrl)
    return this.#ports.onRefusal(refusal)
  }

  #onOpen(): void {
    if (this.#fresh) this.#again(this.#fresh)
    else this.#inquiry.hurry()
  }

  /** At the first sign, at once and without waiting for anybody's word. */
  #trouble(): void {
    const { active, standby } = this.slots
    if (standby?.line === 'up') {
      this.#takesOver(standby)
      standby.leads = true
      this.#ports.onLeads()
      if (active) this.#ports.onPace(active, 'slow')
      if (active?.line === 'shaky') {
        this.pulse.hurry()
        void this.#lookWhetherGone(active)
      }
    }
    // A place that we have not reached yet is not lost.
    this.#inquiry.start(() => {
      const { active } = this.slots
      return active?.line === 'opening' ? undefined : active?.epoch
    })
  }

  /**
   * What a jitter buffer holds looks like packets for a tenth of a second and more; a closed port is told at once. Two
   * encoders for one camera cost a busy machine the standby's first picture.
   */
  async #lookWhetherGone(slot: Slot): Promise<void> {
    if (slot.gone || (await this.#ports.listens(slot.way.serverUrl)) || slot.line !== 'shaky') return
    slot.gone = true
    this.#ports.onChange()
  }

  /** Whatever came on a standby is old when it begins to serve. */
  #takesOver(slot: Slot): void {
    if (slot.role !== 'standby' || slot.leads) return
    this.#ports.onOld(this.pulse.forget(slot, Date.now()))
  }

  #well(): void {
    const { active, standby } = this.slots
    if (standby) standby.leads = false
    if (active) this.#ports.onPace(active, 'quick')
    this.#inquiry.stop()
    this.#knock.stop()
  }

  #onPulse(news: boolean): void {
    const { all, active, standby } = this.slots
    const nowMs = Date.now()
    let changed = news && all.length > 1
    for (const slot of all) {
      const silent = this.#silence.of(slot, nowMs)
      if (silent === slot.silent) continue
      slot.silent = silent
      changed = true
      if (slot !== active || slot.line !== 'up') continue
      if (silent) {
        this.#trouble()
      } else {
        this.#silence.wasFalse(nowMs)
        this.#well()
      }
    }
    if (active && standby?.line === 'up' && !standby.leads) {
      const echoes = this.#silence.echoesOn(standby, active, nowMs)
      changed ||= echoes !== standby.echoes
      standby.echoes = echoes
    }
    this.#smallFirst.look(nowMs)
    // The new place lets us wait: is it still the right one?
    if (active?.line === 'opening' && nowMs - active.lineSinceMs > OPENING_MS) {
      changed ||= !active.late
      active.late = true
      this.#trouble()
    }
    if (changed) this.#ports.onChange()
  }

  #onMetadata(slot: Slot): void {
    const call = callIn(slot.room.metadata)
    if (call === undefined || call.ask <= (this.#asked.get(slot.way.roomName) ?? -1)) return
    this.#asked.set(slot.way.roomName, call.ask)
    const { localParticipant, remoteParticipants } = slot.room
    this.#inquiry.once(turnMs(localParticipant.identity, [...remoteParticipants.keys()]))
  }

  #onThrownOut(slot: Slot, why: 'removed' | 'elsewhere'): void {
    if (slot.role === 'active') this.#ports.onThrownOut(why)
    else this.#drop(slot)
  }
}
