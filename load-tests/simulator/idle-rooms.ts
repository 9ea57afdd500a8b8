// Rooms made, and placed, before anything is measured.
import type { CreatedRoom, JoinAnswer } from '@levee/control-plane/contract'
import type { Fleet } from './fleet.ts'
import { leaveRoom } from './machines.ts'
import { seeded } from '@levee/deploy/seeded-random'
import { type Wire, json, openWire } from '../lib/http-wire.ts'

/** People come and go, so that rooms do not grow for as long as joins go on. */
const STAY_SEC = 20
const AT_ONCE = 16

export type Land = (node: string, roomName: string) => void

/** Whoever was sent to a node is really there, for a while. */
export function lander({ truth, schedule }: Fleet, seed: number): Land {
  const random = seeded(seed, 'stays')
  return (node, roomName) => {
    const machine = truth.machines.get(node)
    if (!machine) return truth.violate('nobody is sent to a node that does not exist', node)
    const who = { displaced() {} }
    truth.enter(machine, roomName, who)
    schedule.after(random.exponential(STAY_SEC * 1_000), () => leaveRoom(machine, roomName, who))
  }
}

async function many<T>(url: string, inputs: readonly T[], one: (wire: Wire, input: T) => Promise<void>) {
  const wire = openWire({ url, connections: AT_ONCE, timeoutMs: 10_000 })
  let next = 0
  const worker = async () => {
    while (next < inputs.length) await one(wire, inputs[next++] as T)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  wire.close()
}

export async function createRooms(url: string, count: number): Promise<string[]> {
  const codes: string[] = []
  await many(url, Array.from({ length: count }), async (wire) => {
    const reply = await wire.send(wire.call('POST', '/v1/rooms'), json({ title: 'Weekly planning' }))
    if (reply.status !== 201) throw new Error(`create answered ${reply.status}: ${reply.body}`)
    codes.push((JSON.parse(reply.body) as CreatedRoom).room)
  })
  return codes
}

export async function placeRooms(url: string, codes: readonly string[], land: Land): Promise<void> {
  await many(url, codes, async (wire, code) => {
    const reply = await wire.send(wire.call('POST', `/v1/rooms/${code}/join`), json({ name: 'Ann' }))
    if (reply.status !== 200) throw new Error(`join answered ${reply.status}: ${reply.body}`)
    const { node, roomName } = JSON.parse(reply.body) as JoinAnswer
    land(node, roomName)
  })
}
