// Rooms that exist, or are placed, before the measurement starts.
import type { CreatedRoom, JoinAnswer } from '@levee/control-plane/contract'
import { seeded } from '@levee/deploy/seeded-random'
import { type Wire, json, openWire } from '../../lib/http-wire.ts'
import type { Fleet } from '../../simulator/nodes/fleet.ts'
import { leaveRoom } from '../../simulator/nodes/machine.ts'
import { PREPARE_CONNECTIONS, PREPARE_TIMEOUT_MS, STAY_SEC } from '../tuning.ts'

export type Admit = (node: string, roomName: string) => void

/**
 * Puts a participant who was sent to a node on it, for a limited time, so that rooms don't grow as long as joins go on.
 */
export function admitTo({ invariants, schedule }: Fleet, seed: number): Admit {
  const random = seeded(seed, 'stays')
  return (node, roomName) => {
    const machine = invariants.machines.get(node)
    if (!machine) return invariants.violate('participants are sent to nodes that exist', node)
    const who = { removed() {} }
    invariants.enter(machine, roomName, who)
    schedule.after(random.exponential(STAY_SEC * 1_000), () => leaveRoom(machine, roomName, who))
  }
}

async function forEach<T>(url: string, inputs: readonly T[], one: (wire: Wire, input: T) => Promise<void>) {
  const wire = openWire({ url, connections: PREPARE_CONNECTIONS, timeoutMs: PREPARE_TIMEOUT_MS })
  let next = 0
  const worker = async () => {
    while (next < inputs.length) await one(wire, inputs[next++] as T)
  }
  await Promise.all(Array.from({ length: PREPARE_CONNECTIONS }, worker))
  wire.close()
}

/** Returns the codes of the rooms. */
export async function createRooms(url: string, count: number): Promise<string[]> {
  const codes: string[] = []
  await forEach(url, Array.from({ length: count }), async (wire) => {
    const reply = await wire.send(wire.call('POST', '/v1/rooms'), json({ title: 'Weekly planning' }))
    if (reply.status !== 201) throw new Error(`create answered ${reply.status}: ${reply.body}`)
    codes.push((JSON.parse(reply.body) as CreatedRoom).room)
  })
  return codes
}

export async function placeRooms(url: string, codes: readonly string[], admit: Admit): Promise<void> {
  await forEach(url, codes, async (wire, code) => {
    const reply = await wire.send(wire.call('POST', `/v1/rooms/${code}/join`), json({ name: 'Ann' }))
    if (reply.status !== 200) throw new Error(`join answered ${reply.status}: ${reply.body}`)
    const { node, roomName } = JSON.parse(reply.body) as JoinAnswer
    admit(node, roomName)
  })
}
