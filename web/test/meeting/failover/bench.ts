import assert from 'node:assert/strict'
import { mock } from 'node:test'
import type { JoinAnswer, NodeAccess } from '@levee/control-plane/contract'
import type { Room } from 'livekit-client'
import type { Answer, Refusal } from '../../../src/api/client.ts'
import { Failover } from '../../../src/meeting/failover/failover.ts'
import type { SendPolicy } from '../../../src/meeting/failover/send-policy.ts'
import { answerOf, FakeRoom, standbyOf } from '../fake-room.ts'

export const ALL: SendPolicy = { sound: true, picture: true }
export const NOTHING: SendPolicy = { sound: false, picture: false }

/** The failover with fakes around it; the test advances the time. */
export class Bench {
  readonly rooms: FakeRoom[] = []
  readonly asked: (number | undefined)[] = []
  readonly ended: string[] = []
  readonly taken: number[] = []
  readonly paces: string[] = []
  /** Epochs published to while media was still connecting. */
  readonly early: number[] = []
  /** Tracks whose earlier frames were marked as stale. */
  readonly stale: string[] = []
  /** What was sent to a standby when it was promoted, and how many calls of `rejoin` had been made by then. */
  readonly promotions: { sound: boolean; picture: boolean; asked: number }[] = []
  readonly refusals: Refusal[] = []
  /** The answer of the control plane from now on. */
  answer: Answer<JoinAnswer> = { ok: true, value: answerOf(1) }
  /** Connection attempts succeed when this resolves; without it, at once. */
  opening: Promise<void> | undefined
  /** How often a node was probed, and whether it answers. */
  probes = 0
  answers = true
  /** Nodes that refuse connections. */
  readonly shut = new Set<string>()
  /** Number of requested refreshes of the page. */
  changes = 0
  shown = 0
  settled = true
  readonly failover: Failover

  constructor() {
    this.failover = new Failover({
      newRoom: () => {
        const room = new FakeRoom()
        this.rooms.push(room)
        return room.asRoom
      },
      connect: async (_room: Room, access: NodeAccess) => {
        await this.opening
        if (this.shut.has(access.node)) throw new Error('shut')
      },
      rejoin: async (lost) => {
        this.asked.push(lost)
        return this.answer
      },
      isAnswering: async () => {
        this.probes++
        return this.answers
      },
      onChange: () => this.changes++,
      onOpening: () => {},
      publish: ({ epoch, link }) => link === 'connecting' && this.early.push(epoch),
      unpublish: () => {},
      resendMessages: () => {},
      onStale: (sids) => this.stale.push(...sids),
      onPromoted: () => {
        const { standby } = this.failover.connections
        if (standby)
          this.promotions.push({ ...this.failover.sendPolicyFor(standby), asked: this.asked.length })
      },
      setRetryPace: ({ epoch }, pace) => this.paces.push(`${epoch} ${pace}`),
      onAnswer: ({ epoch }) => this.taken.push(epoch),
      onRefusal: (refusal) => this.refusals.push(refusal),
      isRetryable: () => true,
      onEnd: (why) => this.ended.push(why),
      tracksShownFrom: () => this.shown,
      allSettled: () => this.settled,
    })
  }

  async begin(answer = answerOf(1)) {
    this.answer = { ok: true, value: answer }
    const room = new FakeRoom()
    this.rooms.push(room)
    await this.failover.begin(answer, room.asRoom)
    return room
  }

  refuse(code: Refusal['code']) {
    this.answer = { ok: false, refusal: { code, retryAfterSec: 2 } }
  }

  answerWith(answer: JoinAnswer) {
    this.answer = { ok: true, value: answer }
  }

  get roles() {
    return this.failover.connections.all.map(({ epoch, role, link }) => `${epoch} ${role} ${link}`)
  }

  /** What is sent on each connection. */
  get policies(): SendPolicy[] {
    return this.failover.connections.all.map((connection) => this.failover.sendPolicyFor(connection))
  }

  /** What is sent on the connection with this epoch. */
  policy(epoch: number): SendPolicy {
    const connection = this.failover.connections.all.find((connection) => connection.epoch === epoch)
    assert.ok(connection)
    return this.failover.sendPolicyFor(connection)
  }

  /** Epoch 1 is active, epoch 2 its standby; both are up. */
  async withActiveAndStandby() {
    const active = await this.begin(answerOf(1, { standby: standbyOf(2) }))
    this.failover.pictureShown()
    await tick()
    await tick()
    assert.deepEqual(this.roles, ['1 active up', '2 standby up'])
    const standby = this.rooms[1]
    assert.ok(standby)
    return { active, standby }
  }
}

/** A bench whose time only the test advances. */
export function startBench(): Bench {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: 1_000_000 })
  return new Bench()
}

/** Lets promises continue, then advances the time. */
export async function tick(ms = 0): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
  mock.timers.tick(ms)
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

/** Advances in steps, so that timers that start in between fire at their own time. */
export async function advance(ms: number): Promise<void> {
  for (let done = 0; done < ms; done += 50) await tick(50)
}
