// The invariants of a soak once all parts are up: every participant recovers, no meeting is split, no meeting is lost.
import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Stack } from '@levee/deploy/stack'
import { until } from '@levee/deploy/until'
import { post } from '../people/api.ts'
import { listIdentities, listRooms, meetingOf } from '../people/livekit-rooms.ts'
import { SOAK_LIMITS } from '../tuning.ts'

/** A meeting of the soak, in browsers or not. */
export interface SoakMeeting {
  name: string
  /** Code of its link. */
  code: string
  /** Whether every participant receives every other. */
  isWhole: () => Promise<boolean>
  /** Epochs that its participants are connected to. */
  epochs: () => Promise<number[]>
}

export interface Findings {
  recoveryMs: number
  /** A sentence for each. */
  violations: string[]
}

export async function checkInvariants(
  stack: Pick<Stack, 'nodes' | 'urls'>,
  meetings: readonly SoakMeeting[],
  { recoveredWithinMs, splitAtMostMs } = SOAK_LIMITS,
): Promise<Findings> {
  const startedMs = performance.now()
  const violations: string[] = []
  const stuck = new Set(meetings)
  await until(
    async () => {
      for (const meeting of stuck) if (await meeting.isWhole()) stuck.delete(meeting)
      return stuck.size === 0
    },
    { what: 'every participant recovered', timeoutMs: recoveredWithinMs, everyMs: 100 },
  ).catch(() => undefined)
  const recoveryMs = performance.now() - startedMs
  for (const { name } of stuck)
    violations.push(`${name}: a participant had not recovered after ${recoveredWithinMs} ms`)
  let split: string[] | undefined
  await until(
    async () => {
      split = await splitMeetings(stack, meetings)
      return split.length === 0
    },
    { what: 'whole meetings', timeoutMs: splitAtMostMs, everyMs: 100 },
  ).catch(() => undefined)
  violations.push(...(split ?? ['the nodes did not list their rooms']))
  violations.push(...(await lostMeetings(stack, meetings)))
  return { recoveryMs, violations }
}

/** Checks participants and nodes, because one part of a split meeting may have no participant of ours. */
async function splitMeetings(
  stack: Pick<Stack, 'nodes'>,
  meetings: readonly SoakMeeting[],
): Promise<string[]> {
  const perNode = await Promise.all(
    stack.nodes.map(async (node) => (await listRooms(node)).map((room) => ({ ...room, node }))),
  )
  const carried = Map.groupBy(
    perNode.flat().filter(({ participants }) => participants > 0),
    ({ name }) => meetingOf(name),
  )
  const byNodes = await Promise.all(
    [...carried.values()].map(async (rooms) => {
      if (rooms.length < 2) return []
      const people = await Promise.all(rooms.map(({ node, name }) => listIdentities(node, name)))
      return isSplit(people) ? [`participants in ${rooms.map(({ name }) => name).join(' and ')}`] : []
    }),
  )
  const byParticipants = await Promise.all(
    meetings.map(async ({ name, epochs }) => {
      const seen = await epochs()
      return seen.length > 1 ? [`${name}: participants on epochs ${seen.join(' and ')}`] : []
    }),
  )
  return [...byNodes, ...byParticipants].flat()
}

/**
 * Whether no room has all participants. A participant of the right room may also be in an old one: LiveKit's native
 * library cannot be stopped while it reconnects to a lost node, and stays there for 15 s without media.
 */
const isSplit = (rooms: readonly string[][]): boolean => {
  const all = new Set(rooms.flat())
  return rooms.every((room) => room.length < all.size)
}

/** A newcomer must be sent to the node where the others are. */
async function lostMeetings(stack: Pick<Stack, 'urls'>, meetings: readonly SoakMeeting[]): Promise<string[]> {
  const lost: string[] = []
  for (const [index, { name, code, epochs }] of meetings.entries()) {
    const url = stack.urls[index % stack.urls.length]
    try {
      const { epoch } = await post<JoinAnswer>(`${url}/v1/rooms/${code}/join`, { name: 'Newcomer' })
      const present = await epochs()
      if (!present.includes(epoch))
        lost.push(
          `${name}: a newcomer is sent to epoch ${epoch}, participants are at ${present.join(' and ')}`,
        )
    } catch (error) {
      lost.push(`${name}: a newcomer is refused (${error instanceof Error ? error.message : String(error)})`)
    }
  }
  return lost
}
