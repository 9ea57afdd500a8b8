// What a report may cost: many rooms, refused and repeated reports, and claims of capacity.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createClient } from 'redis'
import { startControlPlanes, type ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import { NODE_ROOMS_MAX } from '../../src/protocol/limits.ts'
import { REFUSED_REPORTS_PER_MIN } from '../../src/tuning/http.ts'
import { REPORT_SLICE_ROOMS } from '../../src/tuning/redis.ts'
import type { FleetView } from '../../src/contract/index.ts'
import { assertProblem, call, createRoom, join, servingAgent } from '../support/client.ts'

let stack: ControlPlaneStack
before(async () => (stack = await startControlPlanes({ logLevel: 'warn' })))
after(() => stack.stop())

const manyRooms = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `${i.toString(36).padStart(16, '0')}~7`,
    participants: 1,
    tracks: 1,
  }))

/** Scripts that Redis runs during `act`, a few of the background loops among them, and their milliseconds. */
async function scripts(act: () => Promise<unknown>): Promise<{ count: number; sumMs: number }> {
  const redis = createClient({ url: stack.redisUrl })
  await redis.connect()
  try {
    await redis.configResetStat()
    await act()
    const stats = await redis.info('commandstats')
    const [, calls = '0', micros = '0'] = /cmdstat_evalsha:calls=(\d+),usec=(\d+)/.exec(stats) ?? []
    return { count: Number(calls), sumMs: Number(micros) / 1_000 }
  } finally {
    redis.destroy()
  }
}

test('a report of 50,000 rooms is refused before Redis sees it; the most that counts comes in short slices', async (t) => {
  const agent = await servingAgent(stack.url, stack.enrolmentKey, { node: 'crowded' })
  const send = (count: number) => agent.report({ livekit: { up: true, rooms: manyRooms(count) } })
  const refused = await scripts(async () => assertProblem(await send(50_000), 422, 'impossible_report'))
  assert.ok(refused.count < 10, `${refused.count} scripts`)
  const taken = await scripts(async () => {
    const answer = await send(NODE_ROOMS_MAX)
    assert.equal(answer.status, 200)
    assert.equal(
      answer.body.moved.length,
      NODE_ROOMS_MAX - 2_000,
      'as many as a node may restore after a loss',
    )
  })
  assert.ok(taken.count >= NODE_ROOMS_MAX / REPORT_SLICE_ROOMS, `${taken.count} slices`)
  const again = await scripts(() => send(NODE_ROOMS_MAX))
  const empty = await scripts(() => send(0))
  for (const [what, { count, sumMs }] of Object.entries({ taken, again, empty }))
    t.diagnostic(`${what}: ${sumMs.toFixed(1)} ms of Redis in ${count} scripts`)
})

test('a node whose reports are refused or repeated has to wait; others do not', async () => {
  const agent = await servingAgent(stack.url, stack.enrolmentKey, { node: 'stubborn' })
  const other = await servingAgent(stack.url, stack.enrolmentKey, { node: 'patient' })
  for (let i = 0; i < REFUSED_REPORTS_PER_MIN; i++) {
    const odd = i % 3
    if (odd === 0) assert.equal((await agent.report({ seq: 1 })).status, 200, 'again')
    else if (odd === 1)
      assert.equal(
        (await agent.report({ livekit: { up: true, rooms: manyRooms(NODE_ROOMS_MAX + 1) } })).status,
        422,
      )
    else assert.equal((await agent.report({ bootId: 'x' })).status, 400)
  }
  const late = await agent.report()
  assertProblem(late, 429, 'rate_limited')
  assert.ok(Number(late.headers.get('retry-after')) > 0)
  assert.equal((await other.report()).status, 200)
})

test('a boastful node does not make its site full, and counts for no more than a machine can do', async () => {
  const site = 'boasts'
  const honest = await Promise.all(
    ['b-1', 'b-2'].map((node) => servingAgent(stack.url, stack.enrolmentKey, { node, site, tracks: 1_000 })),
  )
  const liar = await servingAgent(stack.url, stack.enrolmentKey, { node: 'liar', site })
  const settings = { ranges: [], fallback: [], boundary: 'hard', spare: 'largest-node' }
  const set = await call(`${stack.url}/v1/sites/${site}`, 'PUT', {
    body: settings,
    bearer: stack.operatorKey,
  })
  assert.equal(set.status, 204)
  const most = { cpuCores: 4_096, egressBytesPerSec: 1e12, packetsPerSec: 1e9, tracks: 100_000_000 }
  const full = { cpuCores: 4_096 * 0.74, egressBytesPerSec: 1, packetsPerSec: 1, tracks: 1 }
  assert.equal((await liar.report({ capacity: most, load: full })).status, 200)
  for (const agent of honest) await agent.report()
  const { room } = await createRoom(stack.url, { site })
  const joined = await join(stack.url, room)
  assert.equal(joined.status, 200, JSON.stringify(joined.body))
  const { sites } = (await call<FleetView>(`${stack.url}/v1/fleet`, 'GET', { bearer: stack.operatorKey }))
    .body
  const { capacityTracks } = sites.find((one) => one.site === site) ?? {}
  assert.equal(capacityTracks, 2_000 + 512 * 4_000)
})
