// An operator restarts the nodes of a site one by one, while two people talk on one of them.
// Runs alone: the picture must not freeze for long.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { type Stack, startStack } from '../../deploy/stack/stack.ts'
import { supervise } from '../../deploy/stack/processes/supervisor.ts'
import { until } from '../../deploy/stack/until.ts'
import { ensureWebBuild } from '../../deploy/stack/tools/web-build.ts'
import { violations } from './support/accessibility.ts'
import { openChromium, type Look } from './support/browser.ts'
import { readGaps, watchGaps } from './support/media-gaps.ts'
import { assertClean, createRoom, hears, joinByLink, placementOf, seesMoving } from './support/meeting.ts'
import { commandNode, openOps, viewFleet } from './support/operator.ts'

const SITE = 'head-office'
const NODES = ['hq-1', 'hq-2', 'hq-3']
/** Reached on a saturated machine too; docs/benchmarks has the figures of an idle one. */
const LONGEST_FREEZE_MS = 2_500

let stack: Stack
let browser: Browser
let ours: string[]
const supervisor = supervise(() => {})

before(async () => {
  await ensureWebBuild()
  const agentEnv = { LEVEE_CAPACITY_TRACKS: '1000000', LEVEE_CAPACITY_CPU_CORES: '64' }
  // Without LiveKit's metrics the agent does not find LiveKit's process either, and cannot restart it.
  const withoutMetrics = { ...agentEnv, LEVEE_LIVEKIT_METRICS_URL: 'http://127.0.0.1:9/metrics' }
  stack = await startStack({
    nodes: [
      ...NODES.map((id) => ({ id, site: SITE, agentEnv })),
      { id: 'branch-1', site: 'branch', agentEnv: withoutMetrics },
    ],
    logLevel: 'warn',
  })
  // As on any node, a LiveKit process that ends is started again.
  for (const { livekit } of stack.nodes) supervisor.watch(livekit)
  ours = [stack.url, ...stack.nodes.map(({ url }) => url)]
  browser = await openChromium()
  await commandNode(stack, 'branch-1', 'cordon')
})
after(async () => {
  await browser?.close()
  supervisor.close()
  await stack?.stop()
})

const pidOf = (id: string) => stack.nodes.find((node) => node.id === id)?.livekit.pid

async function viewSite(name: string) {
  const { sites, nodes } = await viewFleet(stack)
  const restart = sites.find(({ site }) => site === name)?.restart ?? null
  return { restart, nodes: nodes.filter(({ site }) => site === name) }
}

/** Until its end: the order of the nodes, and those that were out of service at the same moment. */
async function observeRestart(name: string) {
  const order: string[] = []
  const outTogether = new Set<string>()
  const beganAtMs = performance.now()
  await until(
    async () => {
      const { restart, nodes } = await viewSite(name)
      const out = nodes.filter(({ status }) => status !== 'serving').map(({ node }) => node)
      outTogether.add(out.join(' and '))
      if (restart?.node && order.at(-1) !== restart.node) order.push(restart.node)
      return restart?.state === 'done'
    },
    { what: 'the end of the restart', timeoutMs: 150_000, everyMs: 200 },
  )
  return { order, outTogether, tookMs: performance.now() - beganAtMs }
}

/** The page with the card of a site. */
async function openSite(name: string, look: Look = {}) {
  const ops = await openOps(browser, stack, { look })
  const site = ops.page.locator(`[data-site=${name}]`)
  await site.waitFor()
  return { ...ops, site }
}

test('three nodes with a meeting on one of them: each LiveKit is a new process afterwards, and no one was cut off', async (t) => {
  const { hostUrl, joinUrl } = await createRoom(stack.url)
  const ann = await joinByLink(browser, ours, hostUrl, 'Ann')
  const bob = await joinByLink(browser, ours, joinUrl, 'Bob')
  await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
  const placed = await placementOf(ann.page)
  const pids = NODES.map(pidOf)

  const ops = await openSite(SITE, { dark: true })
  await ops.site.getByRole('button', { name: /^Restart nodes one by one/ }).click()
  await ops.dialog.getByText('One node at a time').waitFor()
  assert.deepEqual(await violations(ops.page), [])
  await ops.page.keyboard.press('Escape')
  await ops.dialog.waitFor({ state: 'detached' })
  await ops.page.locator(':focus').getByText('Restart nodes one by one').waitFor()
  assert.equal((await viewSite(SITE)).restart, null, 'Escape changes nothing')

  await watchGaps(ann.page, 'Bob')
  await watchGaps(bob.page, 'Ann')
  const undisturbed = [ann, bob].map(({ page }) =>
    page
      .locator('[data-testid=banner][data-connection]')
      .waitFor({ timeout: 170_000 })
      .then(
        () => assert.fail('a move that went well was announced'),
        () => undefined,
      ),
  )
  await ops.page.keyboard.press('Enter')
  const observed = observeRestart(SITE)
  await ops.dialog.getByRole('button', { name: 'Restart nodes' }).click()
  await ops.dialog.waitFor({ state: 'detached' })
  await ops.page.locator(':focus').getByText('Stop').waitFor()
  await ops.site.getByText('Restarting nodes one by one', { exact: true }).waitFor()
  await ops.page.locator('[data-node=hq-1]').getByText('Restarting', { exact: true }).waitFor()
  assert.deepEqual(await violations(ops.page), [])

  const { order, outTogether, tookMs } = await observed
  t.diagnostic(`three nodes in ${Math.round(tookMs / 1_000)} s`)
  assert.deepEqual(order, NODES)
  assert.deepEqual([...outTogether].filter(Boolean), NODES, 'never two at once')
  NODES.forEach((id, i) => assert.notEqual(pidOf(id), pids[i], id))
  assert.ok((await viewSite(SITE)).nodes.every(({ status }) => status === 'serving'))

  const moved = await placementOf(ann.page)
  assert.deepEqual(await placementOf(bob.page), moved, 'together')
  assert.ok(moved.epoch > placed.epoch)
  await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
  await Promise.all([hears(ann.page, 'Bob'), hears(bob.page, 'Ann')])
  for (const { name, page } of [ann, bob]) {
    const { video, sound, epochs } = await readGaps(page)
    t.diagnostic(
      `${name}: video ${Math.round(video.longestMs)} ms, sound ${Math.round(sound.longestMs)} ms, epochs ${epochs.join(' → ')}`,
    )
    assert.ok(video.longestMs < LONGEST_FREEZE_MS, `${name}: ${video.longestMs} ms without video`)
  }

  await ops.site.getByText('All nodes have restarted', { exact: true }).waitFor()
  await ops.hears(`${SITE}: All nodes have restarted.`)
  assert.deepEqual(await violations(ops.page), [])
  assertClean(ann, bob, ops)
  await Promise.all([ann, bob, ops].map(({ context }) => context.close()))
  await Promise.all(undisturbed)
})

test('an agent that cannot restart LiveKit: the restart is stuck, and continues by itself after a restart by hand', async () => {
  const node = stack.nodes.find(({ id }) => id === 'branch-1')
  assert.ok(node)
  const ops = await openSite('branch', { phone: true })
  await ops.site.getByRole('button', { name: /^Restart nodes one by one/ }).click()
  await ops.dialog.getByText('This site has one node').waitFor()
  await ops.dialog.getByRole('button', { name: 'Restart nodes' }).click()
  await ops.site.getByText('Stuck at branch-1', { exact: true }).waitFor()
  await ops.site.locator('[data-note]').getByText('Restart LiveKit on that machine yourself').waitFor()
  await ops.page.locator('[data-node=branch-1]').getByText('Out of service', { exact: true }).waitFor()
  assert.equal(await ops.site.getByRole('button', { name: /^Continue/ }).count(), 0, 'it continues by itself')
  assert.deepEqual(await violations(ops.page), [])
  node.livekit.kill('SIGTERM')
  await ops.site.getByText('All nodes have restarted', { exact: true }).waitFor()
  assert.deepEqual(
    (await viewSite('branch')).nodes.map(({ status }) => status),
    ['cordoned'],
    'as it was before',
  )
  assertClean(ops)
  await ops.context.close()
})

test('stopped in the middle: no node follows, and all serve', async () => {
  const ops = await openSite(SITE, { phone: true, dark: true })
  await ops.site.getByRole('button', { name: /^Restart nodes one by one/ }).click()
  await ops.dialog.getByRole('button', { name: 'Restart nodes' }).click()
  await ops.site.getByText('Restarting nodes one by one', { exact: true }).waitFor()
  await ops.site.getByRole('button', { name: /^Stop/ }).click()
  await until(
    async () => {
      const { restart, nodes } = await viewSite(SITE)
      return restart === null && nodes.every(({ status }) => status === 'serving')
    },
    { what: 'the stop', timeoutMs: 30_000, everyMs: 200 },
  )
  await ops.site.getByRole('button', { name: /^Restart nodes one by one/ }).waitFor()
  assert.deepEqual(await violations(ops.page), [])
  assertClean(ops)
  await ops.context.close()
})
