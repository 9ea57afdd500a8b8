// An ordered restart over HTTP. The replicas take its steps by themselves; one of them is killed in the middle.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startControlPlanes, type ControlPlaneStack } from '../../../deploy/stack/control-plane-stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import type { FleetView, NodeReport, SiteRestart } from '../../src/contract/index.ts'
import { type Agent, assertProblem, call, servingAgent } from '../support/client.ts'

const NAMES = ['one', 'two'] as const
let stack: ControlPlaneStack
/** Agents that report each half second and follow their directives. */
const agents = new Map<string, Agent>()
const restarts: string[] = []
let reporting = true
const reporters: Promise<void>[] = []

before(async () => {
  stack = await startControlPlanes({ replicas: 2, logLevel: 'warn' })
  for (const node of NAMES) {
    const agent = await servingAgent(stack.urls[1] ?? '', stack.enrolmentKey, { node })
    agents.set(node, agent)
    reporters.push(obey(agent))
  }
})
after(async () => {
  reporting = false
  await Promise.all(reporters)
  await stack?.stop()
})

async function obey({ node, report }: Agent): Promise<void> {
  let startedAtSec = 1_000
  const livekit = (): NodeReport['livekit'] => ({ up: true, rooms: [], startedAtSec })
  const says = (change: Partial<NodeReport>) => until(() => report(change), { what: 'an answer' })
  while (reporting) {
    const { body } = await says({ livekit: livekit() })
    if (body.restart) {
      restarts.push(node)
      await says({ livekit: { up: false, rooms: null } })
      startedAtSec += 600
      await says({ livekit: livekit() })
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

const operator = <T>(method: string, path: string, bearer = stack.operatorKey) =>
  call<T>(`${stack.urls[1]}${path}`, method, { bearer })
const view = async (): Promise<{ restart: SiteRestart | null; states: string[] }> => {
  const { sites, nodes } = (await operator<FleetView>('GET', '/v1/fleet')).body
  return { restart: sites[0]?.restart ?? null, states: nodes.map(({ state }) => state) }
}

test('the replica that began it is killed in the middle; the other completes it', async () => {
  const [first] = stack.controlPlanes
  assert.ok(first)
  assert.equal(
    (await call(`${first.url}/v1/sites/hq/restart`, 'POST', { bearer: stack.operatorKey })).status,
    204,
  )
  await until(() => restarts.length === 1, { what: 'the first restart' })
  first.kill('SIGKILL')
  await first.exited
  const { restart, states } = await view()
  assert.deepEqual([restart?.state, restart?.node, states], ['restarting', 'one', ['draining', 'serving']])
  let mostAtOnce = 0
  await until(
    async () => {
      const now = await view()
      mostAtOnce = Math.max(mostAtOnce, now.states.filter((state) => state === 'draining').length)
      return now.restart?.state === 'done'
    },
    { what: 'the end', timeoutMs: 40_000, everyMs: 200 },
  )
  assert.equal(mostAtOnce, 1, 'never two')
  assert.deepEqual(restarts, ['one', 'two'], 'each once, in order')
  assert.equal((await view()).restart?.done, 2)
  assert.deepEqual((await view()).states, ['serving', 'serving'])
})

test('only operators may restart a site, and only a known one', async () => {
  for (const method of ['POST', 'DELETE']) {
    assertProblem(await operator(method, '/v1/sites/hq/restart', 'x'.repeat(32)), 401, 'operator_required')
    assertProblem(await operator(method, '/v1/sites/nowhere/restart'), 404, 'site_not_found')
    assert.equal((await operator(method, '/v1/sites/hq/restart')).status, 204)
    assert.equal(
      (await operator(method, '/v1/sites/hq/restart')).status,
      204,
      'a second call has the same result',
    )
  }
})
