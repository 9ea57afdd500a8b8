/** A site of three nodes whose ordered restart the test steps, and whose LiveKits it restarts. */
import assert from 'node:assert/strict'
import { beforeEach } from 'node:test'
import type { NodeReading } from '../../src/domain/nodes.ts'
import { PLACEMENT } from '../../src/tuning/placement.ts'
import { fleet, later, nodeOf, report, siteOf, store, whole } from './fleet-rig.ts'

export const NAMES = ['a', 'b', 'c'] as const
export const FREE = [{ site: 'hq', tracks: 0 }]
/** When each LiveKit started, by its node's clock. */
export const started = new Map<string, number>()
beforeEach(() => started.clear())

export async function reports(node: string, change: Partial<NodeReading> = {}) {
  const order = await report(node, { startedAtSec: started.get(node) ?? 1_000, ...change })
  assert.ok(!('refused' in order), JSON.stringify(order))
  return order
}
export async function threeNodes(): Promise<void> {
  await fleet(['a'], ['b'], ['c'])
  await allReport()
}
export const allReport = async () => {
  for (const node of NAMES) await reports(node)
}
export const step = async () => {
  const taken = await store.stepRestart('hq', FREE)
  return typeof taken === 'string' ? taken : Object.values(taken).join(' ')
}
export const restart = async () => (await siteOf())?.restart
export const stateOf = async (node: string) => (await nodeOf(node))?.state

/** Its LiveKit ends and comes back as another process. */
export async function restartLivekit(node: string, change: Partial<NodeReading> = {}): Promise<void> {
  await reports(node, { up: false, rooms: null })
  started.set(node, (started.get(node) ?? 1_000) + 600)
  await later(400)
  await reports(node, { rooms: whole(), ...change })
}
export async function steady(): Promise<void> {
  for (let ms = 0; ms < PLACEMENT.restartSteadyMs; ms += 1_000) {
    await step()
    await later(1_000)
    await allReport()
  }
}
