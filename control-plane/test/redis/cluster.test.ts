// The whole control plane on a real Redis Cluster: each site in a shard of its own, and rooms that run in another shard than
// their record.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { startRedisCluster, type RedisCluster } from '../../../deploy/stack/redis/cluster.ts'
import { sendRedisCommand } from '../../../deploy/stack/redis/redis.ts'
import { startControlPlanes, type ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import { ensureRedis } from '../../../deploy/stack/tools/redis.ts'
import { until } from '../../../deploy/stack/until.ts'
import { openSandbox } from '../../../deploy/stack/sandbox.ts'
import type {
  CreatedRoom,
  FleetView,
  JoinAnswer,
  NodeReport,
  Problem,
  SiteView,
} from '../../src/contract/index.ts'
import { type Agent, assertProblem, call, createRoom, join, servingAgent } from '../support/client.ts'

const SITES = ['east', 'west', 'north', 'south']
const place = await openSandbox('cluster')
const agents = new Map<string, Agent>()
let cluster: RedisCluster
let stack: ControlPlaneStack

before(async () => {
  cluster = await startRedisCluster(place.processes, { binary: await ensureRedis(), ...place })
  stack = await startControlPlanes({ redisUrl: cluster.url, replicas: 2, logLevel: 'warn' })
  for (const site of SITES)
    for (const i of [1, 2]) {
      const node = `${site}-${i}`
      agents.set(node, await servingAgent(stack.url, stack.enrolmentKey, { node, site, tracks: 10_000 }))
    }
})
after(async () => {
  await stack?.stop()
  await place.close()
})

const joinAll = async (room: string, count = 8) => {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, i) => join(stack.urls[i % 2] ?? '', room, { name: `p${i}` })),
  )
  for (const { status, body } of answers) assert.equal(status, 200, JSON.stringify(body))
  return answers.map(({ body }) => body)
}
const placeOf = (all: JoinAnswer[]): string => {
  const places = new Set(all.map(({ node, epoch, roomName }) => `${node} ${epoch} ${roomName}`))
  assert.equal(places.size, 1, [...places].join(' | '))
  return [...places][0] ?? ''
}
const report = async (node: string, change: Partial<NodeReport> = {}) => {
  const answer = await agents.get(node)!.report(change)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body
}
/** On a busy machine a test takes longer than a node may be silent. */
const allReport = () => Promise.all([...agents.keys()].map((node) => report(node)))
beforeEach(allReport)
const full: Partial<NodeReport> = {
  load: { cpuCores: 0, egressBytesPerSec: 0, packetsPerSec: 0, tracks: 7_490 },
}

test('sites are on different primaries, and every script reaches the right one', async () => {
  const sizes = await Promise.all(cluster.primaries.map(({ port }) => sendRedisCommand(port, 'DBSIZE')))
  const used = sizes.filter((size) => Number(/\d+/.exec(size)?.[0]) > 0)
  assert.ok(used.length >= 2, sizes.join(' '))
  const fleet = await call<FleetView>(`${stack.url}/v1/fleet`, 'GET', { bearer: stack.operatorKey })
  assert.deepEqual([fleet.body.sites.length, fleet.body.nodes.length], [4, 8])
  for (const verb of ['cordon', 'uncordon'])
    assert.equal(
      (await call(`${stack.url}/v1/nodes/west-1/${verb}`, 'POST', { bearer: stack.operatorKey })).status,
      204,
    )
})

test('two replicas, eight callers, two hundred rooms: one placement each; the code names the shard that holds it', async () => {
  const used = new Set<string>()
  for (let i = 0; i < 200; i++) {
    if (i % 20 === 0) await allReport()
    const { room } = await createRoom(stack.urls[i % 2] ?? '', i % 2 ? { site: SITES[i % 4] } : {})
    assert.equal(room.replaceAll('-', '').length, 16)
    const all = await joinAll(room)
    placeOf(all)
    used.add(all[0]?.site ?? '')
    if (i % 2) assert.equal(all[0]?.site, SITES[i % 4])
  }
  assert.deepEqual([...used].toSorted(), SITES.toSorted())
})

test('a room whose site is full runs at another: placed by racing callers, joined again, ended, and placed again when its node is lost', async () => {
  for (const node of ['east-1', 'east-2']) await report(node, full)
  const away: { room: string; hostKey: string; joined: JoinAnswer }[] = []
  for (let i = 0; i < 20; i++) {
    const fresh = await createRoom(stack.url, { site: 'east' })
    const all = await joinAll(fresh.room)
    placeOf(all)
    const [joined] = all
    assert.ok(joined && joined.site !== 'east', JSON.stringify(joined))
    away.push({ ...fresh, joined })
  }
  const [one, other] = away
  assert.ok(one && other)
  // Participants are there: the node reports it, and the shard of the record agrees.
  const rooms = away
    .filter(({ joined }) => joined.node === one.joined.node)
    .map(({ joined }) => ({ name: joined.roomName, participants: 8, tracks: 100 }))
  assert.deepEqual((await report(one.joined.node, { livekit: { up: true, rooms } })).drop, [])
  assert.equal(placeOf(await joinAll(one.room)), placeOf([one.joined]))

  const ended = await call(`${stack.url}/v1/rooms/${one.room}`, 'DELETE', { bearer: one.hostKey })
  assert.equal(ended.status, 204)
  assert.deepEqual((await report(one.joined.node, { livekit: { up: true, rooms } })).drop, [
    one.joined.roomName,
  ])
  assertProblem(await join(stack.url, one.room), 404, 'room_not_found')

  await report(other.joined.node, { livekit: { up: false, rooms: null } })
  const again = await joinAll(other.room)
  placeOf(again)
  assert.ok(again[0] && again[0].node !== other.joined.node && again[0].epoch > other.joined.epoch)
  const zombie = [{ name: other.joined.roomName, participants: 8, tracks: 100 }]
  const directive = await report(other.joined.node, { livekit: { up: true, rooms: zombie } })
  assert.deepEqual(directive.moved, [other.joined.roomName])
})

test('nodes of two sites, each in its own shard, are restarted one by one; their rooms may go to the other site', async () => {
  const restart = async (method: string, site: string) =>
    (await call(`${stack.url}/v1/sites/${site}/restart`, method, { bearer: stack.operatorKey })).status
  const ofSites = async () => {
    const { body } = await call<SiteView[]>(`${stack.url}/v1/sites`, 'GET', { bearer: stack.operatorKey })
    return new Map(body.map((one) => [one.site, one.restart]))
  }
  for (const site of ['north', 'south']) assert.equal(await restart('POST', site), 204)
  await until(
    async () => {
      await allReport()
      const now = await ofSites()
      return ['north', 'south'].every((site) => now.get(site)?.state === 'restarting')
    },
    { what: 'both sites at their first node', everyMs: 200 },
  )
  assert.equal((await ofSites()).get('east'), null)
  assert.equal((await report('north-1')).restart, true)
  assert.equal((await report('north-2')).restart, undefined)
  for (const node of ['north-1', 'south-1']) {
    await report(node, { livekit: { up: false, rooms: null } })
    assert.equal((await report(node)).restart, undefined)
  }
  for (const site of ['north', 'south']) assert.equal(await restart('DELETE', site), 204)
  await until(
    async () => {
      await allReport()
      const now = await ofSites()
      return ['north', 'south'].every((site) => now.get(site) === null)
    },
    { what: 'both restarts stopped', everyMs: 200 },
  )
})

test('a hard boundary is not crossed: participants are refused, not sent to another site', async () => {
  const settings = { ranges: [], fallback: [], boundary: 'hard', spare: 'none' }
  const set = await call(`${stack.url}/v1/sites/east`, 'PUT', { bearer: stack.operatorKey, body: settings })
  assert.equal(set.status, 204)
  for (const node of ['east-1', 'east-2']) await report(node, full)
  assertProblem(await join(stack.url, (await createRoom(stack.url, { site: 'east' })).room), 503, 'site_full')
})

test('one primary down: its sites answer 503, the others keep working; when it is back, nothing is lost', async () => {
  for (const [node] of agents) await report(node)
  const rooms = new Map<string, { room: string; place: string }>()
  for (const site of ['west', 'north', 'south']) {
    const { room } = await createRoom(stack.url, { site })
    rooms.set(site, { room, place: placeOf(await joinAll(room)) })
  }
  const victim = cluster.primaries.at(-1)!
  victim.kill('SIGKILL')
  await victim.exited
  const answers = new Map<string, number>()
  for (const [site, { room }] of rooms) answers.set(site, (await join(stack.url, room)).status)
  assert.ok(
    [...answers.values()].every((status) => status === 200 || status === 503),
    JSON.stringify([...answers]),
  )
  await victim.restart()
  for (const [, { room, place }] of rooms) {
    await until(async () => (await join(stack.url, room)).status === 200, {
      what: 'the room can be joined again',
    })
    assert.equal(placeOf(await joinAll(room)), place)
  }
  const sites = await call<SiteView[] & Problem>(`${stack.url}/v1/sites`, 'GET', {
    bearer: stack.operatorKey,
  })
  assert.equal(sites.status, 200)
})

test('the standby level of a tenant applies in every shard, also in one that is created later', async () => {
  const level = { body: { level: 'warm' }, bearer: stack.operatorKey }
  const set = await call(`${stack.urls[1]}/v1/tenants/acme/standby`, 'PUT', level)
  assert.equal(set.status, 204)
  for (const node of ['late-1', 'late-2'])
    await servingAgent(stack.url, stack.enrolmentKey, { node, site: 'late', tracks: 10_000 })
  for (const site of ['east', 'late']) {
    const fresh = await call<CreatedRoom>(`${stack.url}/v1/rooms`, 'POST', {
      body: { tenant: 'acme', site },
      bearer: stack.operatorKey,
    })
    const { body } = await join(stack.url, fresh.body.room)
    assert.equal(body.standby?.site, site)
  }
})
