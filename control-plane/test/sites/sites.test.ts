// The nearest site of clients, through the HTTP interface of two replicas.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import type { ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import type {
  CreatedRoom,
  JoinAnswer,
  NodePage,
  Problem,
  RoomView,
  SiteView,
} from '../../src/contract/index.ts'
import { assertProblem, call, createRoom, servingAgent } from '../support/client.ts'

const SETTINGS = { ranges: [], fallback: [], boundary: 'soft', spare: 'largest-node' }
let stack: ControlPlaneStack
before(async () => {
  stack = await startControlPlanes({
    replicas: 2,

    logLevel: 'warn',
    controlPlaneEnv: { LEVEE_TRUSTED_PROXIES: '127.0.0.1,::1' },
  })
  for (const site of ['north', 'south', 'west'])
    for (const i of [1, 2]) await servingAgent(stack.url, stack.enrolmentKey, { node: `${site}-${i}`, site })
  await put('north', { ranges: ['10.1.0.0/16', '2001:db8:1::/48'] })
  await put('south', { ranges: ['10.0.0.0/8'] })
  await seenByAll(async (url) => (await from(url, '10.1.2.3')).nearestSite === 'north')
})
after(() => stack.stop())

const put = async (site: string, change: object) => {
  const body = { ...SETTINGS, ...change }
  const answer = await call(`${stack.url}/v1/sites/${site}`, 'PUT', { bearer: stack.operatorKey, body })
  assert.equal(answer.status, 204, JSON.stringify(answer.body))
}
/** Each replica reads the sites about once a second. */
async function seenByAll(check: (url: string) => Promise<boolean>): Promise<void> {
  for (const url of stack.urls) while (!(await check(url))) await pause(50)
}
/** A new room, started from this address. */
async function from(url: string, address: string, body: object = {}, room: object = {}): Promise<JoinAnswer> {
  const created = await createRoom(url, room)
  const joined = await call<JoinAnswer>(`${url}/v1/rooms/${created.room}/join`, 'POST', {
    body: { name: 'Ann', ...body },
    headers: { 'x-forwarded-for': address },
  })
  assert.equal(joined.status, 200, JSON.stringify(joined.body))
  return joined.body
}

test('a room goes to the site of the client that creates it, by the narrowest range', async () => {
  for (const [address, site] of [
    ['10.1.2.3', 'north'],
    ['10.2.2.3', 'south'],
    ['2001:db8:1::7', 'north'],
    ['::ffff:10.1.0.9', 'north'],
  ] as const) {
    const joined = await from(stack.url, address)
    assert.deepEqual([joined.site, joined.nearestSite], [site, site], address)
  }
  assert.equal((await from(stack.url, '192.0.2.1')).nearestSite, null)
})

test('what the client measured wins over its address; the site that was chosen for the room wins over both', async () => {
  const measured = await from(stack.url, '10.1.2.3', { site: 'west' })
  assert.deepEqual([measured.site, measured.nearestSite], ['west', 'west'])
  const chosen = await from(stack.url, '10.1.2.3', { site: 'west' }, { site: 'south' })
  assert.deepEqual([chosen.site, chosen.nearestSite], ['south', 'west'])
})

test('a replica that is ready knows the sites: its first participants go to the nearest', async () => {
  const { url } = await stack.addControlPlane()
  for (let i = 0; i < 5; i++) assert.equal((await from(url, '10.1.2.3')).site, 'north')
})

test('a participant at another site learns where the meeting runs and which site is nearest', async () => {
  const created = await createRoom(stack.url)
  const join = (address: string) =>
    call<JoinAnswer>(`${stack.url}/v1/rooms/${created.room}/join`, 'POST', {
      body: { name: 'Ann' },
      headers: { 'x-forwarded-for': address },
    })
  assert.equal((await join('10.1.0.1')).body.site, 'north')
  const far = (await join('10.200.0.1')).body
  assert.deepEqual([far.site, far.nearestSite], ['north', 'south'])
})

test('the join page learns which sites to measure, the likeliest first', async () => {
  const created = await createRoom(stack.url, { site: 'west' })
  const view = await call<RoomView>(`${stack.url}/v1/rooms/${created.room}`, 'GET', {
    headers: { 'x-forwarded-for': '10.1.0.1' },
  })
  assert.deepEqual(
    view.body.sites.map(({ site }) => site),
    ['west', 'north', 'south'],
  )
  for (const { probeUrl } of view.body.sites) assert.match(probeUrl, /^http:\/\/localhost:7880\/$/)
})

test('faults in a site’s settings are named by field, and change nothing', async () => {
  const set = (site: string, body: object) =>
    call(`${stack.url}/v1/sites/${site}`, 'PUT', { bearer: stack.operatorKey, body })
  for (const range of ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', '::/129', 'head office', '10.0.0.0/8/8', '']) {
    const refused = await set('west', { ...SETTINGS, ranges: ['10.9.0.0/16', range] })
    assertProblem(refused, 400, 'invalid_request')
    assert.deepEqual(
      refused.body.errors?.map(({ field }) => field),
      ['/ranges/1'],
      range,
    )
  }
  assertProblem(await set('west', { ...SETTINGS, fallback: ['west'] }), 400, 'invalid_request')
  assertProblem(await set('west', { ...SETTINGS, boundary: 'none' }), 400, 'invalid_request')
  assertProblem(await set('nowhere', SETTINGS), 404, 'site_not_found')
  const without = await call(`${stack.url}/v1/sites/west`, 'PUT', { body: SETTINGS })
  assertProblem(without, 401, 'operator_required')
  const sites = await call<SiteView[]>(`${stack.url}/v1/sites`, 'GET', { bearer: stack.operatorKey })
  assert.deepEqual(sites.body.find(({ site }) => site === 'west')?.settings, { ...SETTINGS, offline: 'off' })
})

test('nodes are listed page by page, each once', async () => {
  const seen: string[] = []
  let after: string | null = ''
  let pages = 0
  while (after !== null) {
    const query: string = `limit=2${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`
    const page = await call<NodePage>(`${stack.url}/v1/nodes?${query}`, 'GET', { bearer: stack.operatorKey })
    assert.equal(page.status, 200, JSON.stringify(page.body))
    seen.push(...page.body.nodes.map(({ node }) => node))
    after = page.body.next
    pages++
  }
  assert.deepEqual(seen, ['north-1', 'north-2', 'south-1', 'south-2', 'west-1', 'west-2'])
  assert.equal(pages, 3)
  const south = await call<NodePage>(`${stack.url}/v1/nodes?site=south`, 'GET', { bearer: stack.operatorKey })
  assert.deepEqual([south.body.nodes.length, south.body.next], [2, null])
})

test('the standby level of a tenant: only operators read, set and clear it', async () => {
  const of = (tenant: string, method: string, body?: object, bearer = stack.operatorKey) =>
    call<{ level: string | null } & Problem>(`${stack.url}/v1/tenants/${tenant}/standby`, method, {
      ...(body && { body }),
      bearer,
    })
  for (const method of ['GET', 'PUT', 'DELETE'])
    assertProblem(
      await of('acme', method, method === 'PUT' ? { level: 'warm' } : undefined, 'guess'),
      401,
      'operator_required',
    )
  assertProblem(await of('acme', 'PUT', { level: 'hot' }), 400, 'invalid_request')
  assertProblem(await of('ac%20me', 'PUT', { level: 'warm' }), 404, 'not_found')
  assert.deepEqual((await of('acme', 'GET')).body, { level: null })
  assert.equal((await of('acme', 'PUT', { level: 'warm' })).status, 204)
  assert.deepEqual((await of('acme', 'GET')).body, { level: 'warm' })
  assert.equal((await of('acme', 'DELETE')).status, 204)
  assert.deepEqual((await of('acme', 'GET')).body, { level: null })
})

test('only an operator sets the tenant and the standby level of a room', async () => {
  const create = (body: object, bearer?: string) =>
    call<CreatedRoom & Problem>(`${stack.url}/v1/rooms`, 'POST', {
      body,
      ...(bearer === undefined ? {} : { bearer }),
    })
  for (const body of [{ tenant: 'acme' }, { standby: 'warm' }]) {
    assertProblem(await create(body), 401, 'operator_required')
    assert.equal((await create(body, stack.operatorKey)).status, 201)
  }
  const { room } = (await create({})).body
  const level = (name: string, bearer?: string, of = room) =>
    call(`${stack.url}/v1/rooms/${of}/standby`, 'PUT', {
      body: { level: name },
      ...(bearer === undefined ? {} : { bearer }),
    })
  assertProblem(await level('sound'), 401, 'operator_required')
  assertProblem(await level('loud', stack.operatorKey), 400, 'invalid_request')
  assertProblem(await level('sound', stack.operatorKey, '0000-00000-00000'), 404, 'room_not_found')
  assert.equal((await level('sound', stack.operatorKey)).status, 204)
})
