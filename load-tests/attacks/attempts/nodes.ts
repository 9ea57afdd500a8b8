import { roomIdOf } from '@levee/control-plane/protocol/room-id'
import { parseRoomCode } from '@levee/control-plane/protocol/room-names'
import { offlineTicket } from '@levee/control-plane/protocol/tickets'
import { BOASTED_TRACKS, DECLARED_ROOMS, DECLARED_SIZES, TICKET_LIFE_MS } from '../tuning.ts'
import { holds, type Attack } from '../attack.ts'
import type { Scene } from '../scene.ts'

function idOf(room: string) {
  const code = parseRoomCode(room)
  if (!code) throw new Error('the room has no code')
  return roomIdOf(code)
}

/** A meeting that runs on the honest node: somebody has joined, and the node reports it. */
async function runningMeeting({ createRoom, join, honest }: Scene) {
  const { room } = await createRoom({ site: honest.site })
  const joined = (await join(room)).body
  holds(joined.node === honest.id, `the meeting is on ${joined.node}`)
  const carried = { name: joined.roomName, participants: 1, tracks: 4 }
  await honest.report({ livekit: { up: true, rooms: [carried] } })
  return { room, joined, carried }
}

export const nodes: readonly Attack[] = [
  {
    name: 'claim a meeting of another site in a report',
    mustNot: 'move the meeting, or have the honest node close it',
    async run(scene) {
      const { room, joined, carried } = await runningMeeting(scene)
      const id = idOf(room)
      for (const epoch of [
        joined.epoch,
        joined.epoch + 1,
        joined.epoch + 100,
        2 ** 31,
        2 ** 53,
        3_000_000_000,
      ])
        await scene.rogue.report({
          livekit: { up: true, rooms: [{ name: `${id}~${epoch}`, participants: 9, tracks: 90 }] },
        })
      const { body } = await scene.honest.report({ livekit: { up: true, rooms: [carried] } })
      const orders = [...body.drop, ...body.moved]
      holds(orders.length === 0, `the honest node was ordered to give up ${orders.join(', ')}`)
      const again = (await scene.join(room)).body
      holds(again.node === scene.honest.id, `the next one was sent to ${again.node}`)
      return `the meeting stays on ${again.node} at epoch ${again.epoch}`
    },
  },
  {
    name: 'sign a host’s ticket with the key of another node',
    mustNot: 'let its holder in',
    async run(scene) {
      const { room } = await runningMeeting(scene)
      const { id, enrolment } = scene.rogue
      const claims = { roomId: idOf(room), identity: 'eve', name: 'Eve', role: 'host' } as const
      const ticket = offlineTicket(id, claims, Date.now() + TICKET_LIFE_MS, enrolment.apiSecret)
      const { status, body } = await scene.call('POST', `/v1/rooms/${room}/rejoin`, { body: { ticket } })
      holds(status === 403, `it was answered with ${status}`)
      return String(body.code)
    },
  },
  {
    name: 'boast of a huge capacity',
    mustNot: 'make the rest of the fleet full',
    async run(scene) {
      const capacity = {
        cpuCores: 4_096,
        egressBytesPerSec: 1e12,
        packetsPerSec: 1e9,
        tracks: BOASTED_TRACKS,
      }
      await scene.rogue.report({ capacity })
      const { room } = await scene.createRoom({ site: scene.honest.site })
      const { status, body } = await scene.join(room)
      await scene.rogue.report()
      holds(status === 200, `a join at the honest site was refused: ${body.code}`)
      return `a join at the honest site went to ${body.node}`
    },
  },
  {
    name: 'declare huge meetings without an account',
    mustNot: 'reserve the fleet away from others',
    async run(scene) {
      for (let i = 0; i < DECLARED_ROOMS; i++) {
        const startsAt = new Date(Date.now() + 3_600_000).toISOString()
        const { room } = await scene.createRoom({
          expectedParticipants: DECLARED_SIZES[i % DECLARED_SIZES.length] ?? 2,
          startsAt,
        })
        await scene.join(room)
      }
      const { room } = await scene.createRoom()
      const { status, body } = await scene.join(room)
      holds(status === 200, `an ordinary join was refused: ${body.code}`)
      return `an ordinary join after ${DECLARED_ROOMS} declared meetings: ${status}`
    },
  },
  {
    name: 'enrol with control characters and foreign addresses',
    mustNot: 'be accepted',
    async run({ call, stack, rogue }) {
      const hostile = [
        { apiKey: 'key\nsecond line' },
        { apiSecret: `${'s'.repeat(32)}\r\n` },
        { agentVersion: '1\n2' },
        { url: 'wss://169.254.169.254' },
        { url: 'wss://[fe80::1]' },
        { url: 'wss://exa mple' },
      ]
      for (const change of hostile) {
        const body = { ...rogue.enrolment, node: 'another', nodeSecret: 'y'.repeat(43), ...change }
        const { status } = await call('POST', '/v1/nodes/enrol', { bearer: stack.enrolmentKey, body })
        holds(status === 400 || status === 422, `${JSON.stringify(change)} was answered with ${status}`)
      }
      return `${hostile.length} enrolments refused`
    },
  },
]
