// An operator restarts the nodes of a site one by one, while people talk on one of them.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FleetView } from '@levee/control-plane/contract'
import type { Browser } from 'playwright-core'
import { type Stack, startStack } from '../../deploy/stack/stack.ts'
import { supervise } from '../../deploy/stack/processes/supervisor.ts'
import { until } from '../../deploy/stack/until.ts'
import { ensureWebBuild } from '../../deploy/stack/tools/web-build.ts'
import { violations } from './accessible.ts'
import { newVisitor, openChromium, type Look } from './browser.ts'
import { readGaps, watchGaps } from './gaps.ts'
import { assertClean, createRoom, hears, joinByLink, placementOf, seesMoving } from './meeting.ts'

const SITE = 'head-office'
const NODES = ['hq-1', 'hq-2', 'hq-3']
/** What the floor of a saturated machine allows; the figures are in docs/benchmarks. */
const LONGEST_PICTURE_MS = 2_500

let stack: Stack
let browser: Browser
let ours: string[]
const supervisor = supervise(() => {})

before(async () => {
  await ensureWebBuild()
  const agentEnv = { LEVEE_CAPACITY_TRACKS: '1000000', LEVEE_CAPACITY_CPU_CORES: '64' }
  // The agent of this one reads no metrics, and so does not find LiveKit's process either.
  const blind = { ...agentEnv, LEVEE_LIVEKIT_METRICS_URL: 'http://127.0.0.1:9/metrics' }
  stack = await startStack({
    nodes: [
      ...NODES.map((id) => ({ id, site: SITE, agentEnv })),
      { id: 'branch-1', site: 'branch', agentEnv: blind },
    ],
    logLevel: 'warn',
  })
  // As on any node: whatever ends is started again.
  for (const { livekit } of stack.nodes) supervisor.watch(livekit)
  ours = [stack.url, ...stack.nodes.map(({ url }) => url)]
  browser = await openChromium()
  const cordoned = await fetch(`${stack.url}/v1/nodes/branch-1/cordon`, {
    method: 'POST',
    headers: operator(),
  })
  assert.ok(cordoned.ok)
})
after(async () => {
  await browser?.close()
  supervisor.close()
  await stack?.stop()
})

const operator = () => ({ authorization: `Bearer ${stack.operatorKey}` })

const pidOf = (id: string) => stack.nodes.find((node) => node.id === id)?.livekit.pid

async function siteNow(name: string) {
  const reply = await fetch(`${stack.url}/v1/fleet`, { headers: operator() })
  const { sites, nodes } = (await reply.json()) as FleetView
  const restart = sites.find(({ site }) => site === name)?.restart ?? null
  return { restart, nodes: nodes.filter(({ site }) => site === name) }
}

async function openOps(name: string, look: Look = {}) {
  const visitor = await newVisitor(browser, [stack.url], look)
  await visitor.page.goto(`${stack.url}/ops`)
  await visitor.page.getByLabel(/operator key/i).fill(stack.operatorKey)
  await visitor.page.keyboard.press('Enter')
  const site = visitor.page.locator(`[data-site=${name}]`)
  await site.waitFor()
  return { ...visitor, site, dialog: visitor.page.getByRole('dialog') }
}

test('three nodes under a meeting: each LiveKit is another process afterwards, and nobody was cut off', async (t) => {
  const { hostUrl, joinUrl } = await createRoom(stack.url)
  const ann = await joinByLink(browser, ours, hostUrl, 'Ann')
  const bob = await joinByLink(browser, ours, joinUrl, 'Bob')
  await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
  const placed = await placementOf(ann.page)
  const pids = NODES.map(pidOf)

  const ops = await openOps(SITE, { dark: true })
  await ops.site.getByRole('button', { name: /^Restart nodes one by one/ }).click()
  await ops.dialog.getByText('One node at a time').waitFor()
  assert.deepEqual(await violations(ops.page), [])
  await ops.page.keyboard.press('Escape')
  await ops.dialog.waitFor({ state: 'detached' })
  await ops.page.locator(':focus').getByText('Restart nodes one by one').waitFor()
  assert.equal((await siteNow(SITE)).restart, null, 'Escape changes nothing')

  await watchGaps(ann.page, 'Bob')
  await watchGaps(bob.page, 'Ann')
  const cut = [ann, bob].map(({ page }) =>
    page
      .locator('.banner[data-connection]')
      .waitFor({ timeout: 170_000 })
      .then(
        () => assert.fail('a move that went well was announced'),
        () => undefined,
      ),
  )
  await ops.page.keyboard.press('Enter')
  await ops.dialog.getByRole('button', { name: 'Restart nodes' }).click()
  await ops.dialog.waitFor({ state: 'detached' })
  await ops.page.locator(':focus').getByText('Stop').waitFor()
  await ops.site.getByText('Restarting nodes one by one', { exact: true }).waitFor()
  await ops.page.locator('[data-node=hq-1]').getByText('Restarting', { exact: true }).waitFor()
  assert.deepEqual(await violations(ops.page), [])

  const order: string[] = []
  const atOnce = new Set<string>()
  const beganAtMs = performance.now()
  await until(
    async () => {
      const { restart, nodes } = await siteNow(SITE)
      const away = nodes.filter(({ status }) => status !== 'serving').map(({ node }) => node)
      atOnce.add(away.join(' and '))
      if (restart?.node && order.at(-1) !== restart.node) order.push(restart.node)
      return restart?.state === 'done'
    },
    { what: 'the end', timeoutMs: 120_000, everyMs: 200 },
  )
  t.diagnostic(`three nodes in ${Math.round((performance.now() - beganAtMs) / 1_000)} s`)
  assert.deepEqual(order, NODES)
  assert.deepEqual([...atOnce].filter(Boolean), NODES, 'never two at once')
  NODES.forEach((id, i) => assert.notEqual(pidOf(id), pids[i], id))
  assert.ok((await siteNow(SITE)).nodes.every(({ status }) => status === 'serving'))

  const there = await placementOf(ann.page)
  assert.deepEqual(await placementOf(bob.page), there, 'together')
  assert.ok(there.epoch > placed.epoch)
  await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
  await Promise.all([hears(ann.page, 'Bob'), hears(bob.page, 'Ann')])
  for (const { name, page } of [ann, bob]) {
    const { picture, sound, epochs } = await readGaps(page)
    t.diagnostic(
      `${name}: picture ${Math.round(picture.longestMs)} ms, sound ${Math.round(sound.longestMs)} ms, epochs ${epochs.join(' → ')}`,
    )
    assert.ok(picture.longestMs < LONGEST_PICTURE_MS, `${name}: ${picture.longestMs} ms without a picture`)
  }

  await ops.site.getByText('All nodes are restarted', { exact: true }).waitFor()
  await ops.page
    .getByRole('status')
    .getByText(`${SITE}: All nodes are restarted.`)
    .waitFor({ state: 'attached' })
  assert.deepEqual(await violations(ops.page), [])
  assertClean(ann, bob, ops)
  await Promise.all([ann, bob, ops].map(({ context }) => context.close()))
  await Promise.all(cut)
})

test('an agent that cannot restart LiveKit: shown as stuck; restarted by hand, it goes on by itself', async () => {
  const node = stack.nodes.find(({ id }) => id === 'branch-1')
  assert.ok(node)
  const ops = await openOps('branch', { phone: true })
  await ops.site.getByRole('button', { name: /^Restart nodes one by one/ }).click()
  await ops.dialog.getByText('This site has one node').waitFor()
  await ops.dialog.getByRole('button', { name: 'Restart nodes' }).click()
  await ops.site.getByText('Stuck at branch-1', { exact: true }).waitFor()
  await ops.site.locator('.restart-note').getByText('Restart LiveKit there by hand').waitFor()
  await ops.page.locator('[data-node=branch-1]').getByText('Out of service', { exact: true }).waitFor()
  assert.equal(await ops.site.getByRole('button', { name: /^Go on/ }).count(), 0, 'it goes on by itself')
  assert.deepEqual(await violations(ops.page), [])
  node.livekit.kill('SIGTERM')
  await ops.site.getByText('All nodes are restarted', { exact: true }).waitFor()
  assert.deepEqual(
    (await siteNow('branch')).nodes.map(({ status }) => status),
    ['cordoned'],
    'as it was before',
  )
  assertClean(ops)
  await ops.context.close()
})

test('stopped in the middle: no node follows, and all serve', async () => {
  const ops = await openOps(SITE, { phone: true, dark: true })
  await ops.site.getByRole('button', { name: /^Restart nodes one by one/ }).click()
  await ops.dialog.getByRole('button', { name: 'Restart nodes' }).click()
  await ops.site.getByText('Restarting nodes one by one', { exact: true }).waitFor()
  await ops.site.getByRole('button', { name: /^Stop/ }).click()
  await until(
    async () => {
      const { restart, nodes } = await siteNow(SITE)
      return restart === null && nodes.every(({ status }) => status === 'serving')
    },
    { what: 'the stop', timeoutMs: 30_000, everyMs: 200 },
  )
  await ops.site.getByRole('button', { name: /^Restart nodes one by one/ }).waitFor()
  assert.deepEqual(await violations(ops.page), [])
  assertClean(ops)
  await ops.context.close()
})
