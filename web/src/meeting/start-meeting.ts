import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Room } from 'livekit-client'
import type { ShownProblem } from '../api/shown-problem.ts'
import { connectionFaultOf, newRoom } from './connections/livekit-room.ts'
import type { Rejoin } from './failover/rejoin-loop.ts'

type Ports = {
  /** Rejects when the node cannot be reached. */
  begin: (answer: JoinAnswer, room: Room) => Promise<void>
  rejoin: Rejoin
  isOver: () => boolean
}

/**
 * Connects to the node that the control plane named at the join. The node may have died between that answer and the
 * click: if it cannot be reached, calls `rejoin` once to find out whether the meeting has moved. Resolves with what went
 * wrong.
 */
export async function startMeeting(
  answer: JoinAnswer,
  room: Room,
  { begin, rejoin, isOver }: Ports,
): Promise<ShownProblem | undefined> {
  try {
    await begin(answer, room)
    return undefined
  } catch (error) {
    if (isOver()) return undefined
    const moved = await rejoin(answer.epoch)
    if (isOver()) return undefined
    if (!moved.ok || moved.value.epoch === answer.epoch) return faultOf(error, answer)
    return startElsewhere(moved.value, begin)
  }
}

async function startElsewhere(answer: JoinAnswer, begin: Ports['begin']): Promise<ShownProblem | undefined> {
  try {
    await begin(answer, newRoom())
    return undefined
  } catch (error) {
    return faultOf(error, answer)
  }
}

const faultOf = (error: unknown, { node, site, serverUrl }: JoinAnswer): ShownProblem => ({
  code: connectionFaultOf(error),
  node: { node, site, serverUrl },
})
