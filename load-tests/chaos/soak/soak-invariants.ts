// What a soak holds the house to, once all parts are up: nobody is stuck, no meeting is split, no meeting is lost.
import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Stack } from '../../../deploy/stack/stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import { listPeople, listRooms, meetingOf } from '../people/livekit-rooms.ts'
import { post } from '../people/meeting.ts'

/** A meeting in the soak, whoever its people are. */
export interface Watched {
  name: string
  /** Of the link. */
  code: string
  isTalking: () => Promise<boolean>
  epochs: () => Promise<number[]>
}

export const PATIENCE = {
  /** Until everybody gets everybody again. */
  backWithinMs: 15_000,
  /** From then on two halves of a meeting may last this long. */
  splitAtMostMs: 2_000,
}

export interface Inspection {
  backMs: number
  /** A sentence for each. */
  violations: string[]
}

export async function inspect(
  stack: Pick<Stack, 'nodes' | 'urls'>,
  meetings: readonly Watched[],
  { backWithinMs, splitAtMostMs } = PATIENCE,
): Promise<Inspection> {
  const calmMs = performance.now()
  const violations: string[] = []
  const stuck = new Set(meetings)
  await until(
    async () => {
      for (const meeting of stuck) if (await meeting.isTalking()) stuck.delete(meeting)
      return stuck.size === 0
    },
    { what: 'everybody back', timeoutMs: backWithinMs, everyMs: 100 },
  ).catch(() => undefined)
  const backMs = performance.now() - calmMs
  for (const { name } of stuck) violations.push(`${name}: somebody was stuck for ${backWithinMs} ms`)
  let split: string[] | undefined
  await until(
    async () => {
      split = await splitRooms(stack, meetings)
      return split.length === 0
    },
    { what: 'whole meetings', timeoutMs: splitAtMostMs, everyMs: 100 },
  ).catch(() => undefined)
  violations.push(...(split ?? ['the nodes did not say who is where']))
  violations.push(...(await lostRooms(stack, meetings)))
  return { backMs, violations }
}

/** By the word of the people, and by that of the nodes: a half may be one that nobody here knows of. */
async function splitRooms(stack: Pick<Stack, 'nodes'>, meetings: readonly Watched[]): Promise<string[]> {
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
      const people = await Promise.all(rooms.map(({ node, name }) => listPeople(node, name)))
      return inHalves(people) ? [`people in ${rooms.map(({ name }) => name).join(' and ')}`] : []
    }),
  )
  const byPeople = await Promise.all(
    meetings.map(async ({ name, epochs }) => {
      const seen = await epochs()
      return seen.length > 1 ? [`${name}: people on epochs ${seen.join(' and ')}`] : []
    }),
  )
  return [...byNodes, ...byPeople].flat()
}

/**
 * None of these rooms has everybody. Who is in the right one may be in an old one too: LiveKit’s native library cannot
 * be stopped while it tries its lost node again, and stands there for 15 s without media.
 */
const inHalves = (rooms: readonly string[][]): boolean => {
  const everybody = new Set(rooms.flat())
  return rooms.every((room) => room.length < everybody.size)
}

/** A newcomer by the link must be sent to where the others are. */
async function lostRooms(stack: Pick<Stack, 'urls'>, meetings: readonly Watched[]): Promise<string[]> {
  const lost: string[] = []
  for (const [index, { name, code, epochs }] of meetings.entries()) {
    const url = stack.urls[index % stack.urls.length]
    try {
      const { epoch } = await post<JoinAnswer>(`${url}/v1/rooms/${code}/join`, { name: 'Newcomer' })
      const there = await epochs()
      if (!there.includes(epoch))
        lost.push(`${name}: a newcomer is sent to epoch ${epoch}, people are at ${there.join(' and ')}`)
    } catch (error) {
      lost.push(`${name}: a newcomer is refused (${error instanceof Error ? error.message : String(error)})`)
    }
  }
  return lost
}
