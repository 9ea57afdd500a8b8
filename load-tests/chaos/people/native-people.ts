// People without browsers, spread over processes of their own.
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CreatedRoom } from '@levee/control-plane/contract'
import { post } from './meeting.ts'
import type { Order, RoomState } from './native-process.ts'

const CHILD = fileURLToPath(new URL('native-process.ts', import.meta.url))
const FORKED: ForkOptions = { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }
/** Of each process. */
export const TELL_EVERY_MS = 250
/** What a process told longer ago than this is no longer so. */
const FRESH_FOR_MS = 4 * TELL_EVERY_MS

export interface NativePeopleOptions extends Order {
  processes: number
}

export interface NativePeople {
  /** In the order of `codes`; none of its people is anywhere, and it is not whole, while nothing is known. */
  rooms: () => RoomState[]
  /** Everybody got a picture of everybody in their room lately. */
  allWhole: () => boolean
  /** Forgets the gaps until now. */
  reset: () => void
  pids: () => number[]
  /**
   * Processes that ended by themselves: LiveKit’s native library aborts when one of its own tasks panics (seen: a node
   * that is lost again while tracks are published anew after a restart, in the `handle_restarted` of its room). Their
   * people open the link again, as those whose browser crashed do.
   */
  crashes: () => number
  close: () => void
}

interface Member {
  order: Order
  child: ChildProcess
  told: RoomState[]
  toldAtMs: number
}

/** Rooms for so many people each, one after the other; gives the codes of their links. */
export async function createRooms(url: string, count: number, people: number): Promise<string[]> {
  const codes: string[] = []
  while (codes.length < count) {
    const created = await post<CreatedRoom>(`${url}/v1/rooms`, { expectedParticipants: people })
    codes.push(created.room)
  }
  return codes
}

export function openNativePeople({ processes, ...all }: NativePeopleOptions): NativePeople {
  const { codes } = all
  let crashes = 0
  let isOver = false
  const members = Array.from({ length: processes }, (_, index): Member => {
    const order: Order = { ...all, codes: codes.filter((_code, i) => i % processes === index) }
    return { order, child: fork(CHILD, FORKED), told: [], toldAtMs: 0 }
  })
  members.forEach(begin)

  function begin(member: Member): void {
    const { child, order } = member
    child.on('message', (told) => {
      member.told = told as RoomState[]
      member.toldAtMs = performance.now()
    })
    child.once('exit', () => {
      if (isOver) return
      crashes++
      member.told = []
      member.child = fork(CHILD, FORKED)
      begin(member)
    })
    child.send(order)
  }

  const unknown = (code: string): RoomState => ({
    code,
    nodes: ['none'],
    epochs: [],
    whole: false,
    longestGapMs: [],
  })
  function rooms(): RoomState[] {
    const sinceMs = performance.now() - FRESH_FOR_MS
    const told = new Map(
      members
        .filter(({ toldAtMs }) => toldAtMs > sinceMs)
        .flatMap((member) => member.told.map((room) => [room.code, room] as const)),
    )
    return codes.map((code) => told.get(code) ?? unknown(code))
  }

  return {
    rooms,
    allWhole: () => rooms().every(({ whole }) => whole),
    reset: () => members.forEach(({ child }) => child.send('reset')),
    pids: () => members.flatMap(({ child }) => child.pid ?? []),
    crashes: () => crashes,
    close() {
      isOver = true
      for (const { child } of members) child.kill('SIGKILL')
    },
  }
}
