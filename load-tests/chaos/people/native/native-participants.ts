// Participants without browsers, spread over several processes.
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CreatedRoom } from '@levee/control-plane/contract'
import { NATIVE_STATE_FRESH_MS } from '../../tuning.ts'
import { post } from '../api.ts'
import type { RoomState, RoomsOrder } from './messages.ts'

const CHILD = fileURLToPath(new URL('native-process.ts', import.meta.url))
const FORK_OPTIONS: ForkOptions = { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }

export interface NativeParticipantsOptions extends RoomsOrder {
  processes: number
}

export interface NativeParticipants {
  /** In the order of `codes`. Without a recent state, a room has no connected participant and is not whole. */
  rooms: () => RoomState[]
  /** Whether in every room every participant has recently received every other. */
  allWhole: () => boolean
  /** Forgets the gaps until now. */
  reset: () => void
  pids: () => number[]
  /**
   * Processes that ended by themselves: LiveKit's native library aborts when one of its own tasks panics (seen: a node is
   * lost again while tracks are published again after a restart, in `handle_restarted` of the room). The participants
   * open their link again, as after a crash of a browser.
   */
  crashes: () => number
  close: () => void
}

interface Member {
  order: RoomsOrder
  child: ChildProcess
  states: RoomState[]
  receivedMs: number
}

/** Creates rooms for `people` participants each, one after the other. Returns the codes of their links. */
export async function createRooms(url: string, count: number, people: number): Promise<string[]> {
  const codes: string[] = []
  while (codes.length < count) {
    const created = await post<CreatedRoom>(`${url}/v1/rooms`, { expectedParticipants: people })
    codes.push(created.room)
  }
  return codes
}

export function openNativeParticipants({ processes, ...all }: NativeParticipantsOptions): NativeParticipants {
  const { codes } = all
  let crashes = 0
  let closed = false
  const members = Array.from({ length: processes }, (_, index): Member => {
    const order: RoomsOrder = { ...all, codes: codes.filter((_code, i) => i % processes === index) }
    return { order, child: fork(CHILD, FORK_OPTIONS), states: [], receivedMs: 0 }
  })
  members.forEach(start)

  function start(member: Member): void {
    const { child, order } = member
    child.on('message', (states) => {
      member.states = states as RoomState[]
      member.receivedMs = performance.now()
    })
    child.once('exit', () => {
      if (closed) return
      crashes++
      member.states = []
      member.child = fork(CHILD, FORK_OPTIONS)
      start(member)
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
    const sinceMs = performance.now() - NATIVE_STATE_FRESH_MS
    const recent = new Map(
      members
        .filter(({ receivedMs }) => receivedMs > sinceMs)
        .flatMap(({ states }) => states.map((room) => [room.code, room] as const)),
    )
    return codes.map((code) => recent.get(code) ?? unknown(code))
  }

  return {
    rooms,
    allWhole: () => rooms().every(({ whole }) => whole),
    reset: () => members.forEach(({ child }) => child.send('reset')),
    pids: () => members.flatMap(({ child }) => child.pid ?? []),
    crashes: () => crashes,
    close() {
      closed = true
      for (const { child } of members) child.kill('SIGKILL')
    },
  }
}
