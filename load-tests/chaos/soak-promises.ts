// What a soak holds the house to, once all parts are up: nobody is stuck, no meeting is split, no meeting is lost.
import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Stack } from '../../deploy/local/stack.ts'
import { until } from '../../deploy/local/until.ts'
import { listRooms } from './livekit-rooms.ts'
import { post } from './meeting.ts'

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
  let split: string[] = []
  await until(
    async () => {
      split = await splitRooms(stack, meetings)
      return split.length === 0
    },
    { what: 'whole meetings', timeoutMs: splitAtMostMs, everyMs: 100 },
  ).catch(() => undefined)
  violations.push(...split)
  violations.push(...(await lostRooms(stack, meetings)))
  return { backMs, violations }
}

/** By the word of the people, and by that of the nodes: a half may be one that nobody here knows of. */
async function splitRooms(stack: Pick<Stack, 'nodes'>, meetings: readonly Watched[]): Promise<string[]> {
  const perNode = await Promise.all(stack.nodes.map(listRooms))
  const carried = new Map<string, string[]>()
  for (const { name, participants } of perNode.flat()) {
    const [room = ''] = name.split('~')
    if (participants > 0) carried.set(room, [...(carried.get(room) ?? []), name])
  }
  const byNodes = [...carried.values()]
    .filter((names) => names.length > 1)
    .map((names) => `people in ${names.join(' and ')}`)
  const byPeople = await Promise.all(
    meetings.map(async ({ name, epochs }) => {
      const seen = await epochs()
      return seen.length > 1 ? [`${name}: people on epochs ${seen.join(' and ')}`] : []
    }),
  )
  return [...byNodes, ...byPeople.flat()]
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
