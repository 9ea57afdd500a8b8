// Several sites: the browser's own measurement decides where a new meeting runs, people far from it see where that is,
// and operators see the sites and change their settings. Relays delay every byte, so the distance is real.
// Runs alone: round trips are measured.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { JoinRoom, RoomView, SiteSettings, SiteView } from '@levee/control-plane/contract'
import type { Browser, Page } from 'playwright-core'
import { type Stack, startStack } from '../../deploy/stack/stack.ts'
import { until } from '../../deploy/stack/until.ts'
import { ensureWebBuild } from '../../deploy/stack/tools/web-build.ts'
import { violations } from './support/accessibility.ts'
import { newVisitor, openChromium, type Look, type Visitor } from './support/browser.ts'
import { type Relay, startRelay } from './support/delaying-relay.ts'
import { assertClean, connected, createRoom, joinOverHttp } from './support/meeting.ts'
import { commandNode, openOps, operatorHeaders } from './support/operator.ts'
import { reportNodeOnce } from './support/reported-node.ts'

const FAR_MS = 60
/** At each of two sites one warm-up request and two measured ones. */
const PROBES = 6

let stack: Stack
let browser: Browser
let ours: string[]
const relays: Record<string, Relay> = {}
const spec = (id: string, site: string, url?: string) => ({
  id,
  site,
  agentEnv: { LEVEE_CAPACITY_TRACKS: '1000000', ...(url === undefined ? {} : { LEVEE_NODE_URL: url }) },
})

before(async () => {
  await ensureWebBuild()
  for (const site of ['head-office', 'branch']) relays[site] = await startRelay()
  stack = await startStack({
    nodes: [
      spec('hq-1', 'head-office', relays['head-office']?.url),
      spec('branch-1', 'branch', relays['branch']?.url),
    ],
  })
  for (const { site, ports } of stack.nodes) relays[site]?.forwardTo(ports.signal)
  ours = [stack.url, ...Object.values(relays).map(({ url }) => url)]
  browser = await openChromium()
})
after(async () => {
  await browser?.close()
  await stack?.stop()
  for (const relay of Object.values(relays)) relay.close()
})
/** Waits until a new room names that many sites to measure. */
async function sitesToMeasure(count: number): Promise<void> {
  await until(
    async () => {
      const { room } = await createRoom(stack.url)
      const reply = await fetch(`${stack.url}/v1/rooms/${room}`)
      return ((await reply.json()) as RoomView).sites.length === count
    },
    { what: `${count} sites are worth measuring`, everyMs: 200 },
  )
}

function near(site: 'head-office' | 'branch'): void {
  for (const [name, relay] of Object.entries(relays)) relay.oneWayMs = name === site ? 0 : FAR_MS
}

async function setRanges(site: string, ranges: string[]): Promise<void> {
  const settings: SiteSettings = { ranges, fallback: [], boundary: 'soft', spare: 'largest-node' }
  const reply = await fetch(`${stack.url}/v1/sites/${site}`, {
    method: 'PUT',
    headers: { ...operatorHeaders(stack), 'content-type': 'application/json' },
    body: JSON.stringify(settings),
  })
  assert.ok(reply.ok, await reply.text())
  // Replicas read the settings within a second.
  await until(
    async () => {
      const { room } = await createRoom(stack.url)
      const { nearestSite } = await joinOverHttp(stack.url, room)
      return nearestSite === (ranges.length > 0 ? site : null)
    },
    { what: `the ranges of ${site} count`, everyMs: 200 },
  )
}

interface Measuring extends Visitor {
  /** The site of each request to a node, and how many requests have ended. */
  asked: string[]
  ended: () => number
}

/** Opens the page before the meeting. */
async function openPreJoin(link: string, look: Look = {}): Promise<Measuring> {
  const visitor = await newVisitor(browser, ours, look)
  const asked: string[] = []
  let ended = 0
  const siteOf = (url: string) =>
    Object.entries(relays).find(([, relay]) => url.startsWith(relay.url.replace('ws', 'http')))?.[0]
  const count = (request: { url(): string }) => siteOf(request.url()) !== undefined && ended++
  visitor.page.on('request', (request) => {
    const site = siteOf(request.url())
    if (site !== undefined) asked.push(site)
  })
  visitor.page.on('requestfinished', count)
  visitor.page.on('requestfailed', count)
  await visitor.page.goto(link)
  await visitor.page.getByLabel('Your name').fill('Ann')
  return { ...visitor, asked, ended: () => ended }
}

const measured = ({ ended }: Measuring, count = PROBES) =>
  until(() => ended() >= count, { what: `${count} requests to sites` })

/** Clicks Join and gives the request that the page sends to the control plane. */
async function join({ page }: Visitor): Promise<JoinRoom> {
  const request = page.waitForRequest((sent) => sent.url().endsWith('/join'))
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  return (await request).postDataJSON() as JoinRoom
}

const nodeOf = (page: Page) => page.getByTestId('meeting').getAttribute('data-node')

describe('before the meeting', () => {
  beforeEach(async () => {
    for (const relay of Object.values(relays)) relay.oneWayMs = 0
    await sitesToMeasure(2)
  })

  for (const [site, node] of [
    ['head-office', 'hq-1'],
    ['branch', 'branch-1'],
  ] as const)
    test(`a new meeting runs at ${site} when that is nearest by measurement`, async () => {
      near(site)
      const { joinUrl } = await createRoom(stack.url)
      const ann = await openPreJoin(joinUrl)
      await measured(ann)
      assert.equal((await join(ann)).site, site)
      await connected(ann.page)
      assert.equal(await nodeOf(ann.page), node)
      assert.equal(await ann.page.locator('[data-elsewhere]').count(), 0)
      assert.deepEqual(
        ann.asked.filter((one) => one === site).length,
        PROBES / 2,
        'three requests to a site and no more',
      )
      assertClean(ann)
      await ann.context.close()
    })

  test('a person at another site sees where the meeting runs and how far away that is; the others do not', async () => {
    near('branch')
    const { joinUrl } = await createRoom(stack.url)
    const ann = await openPreJoin(joinUrl)
    await measured(ann)
    await join(ann)
    await connected(ann.page)

    near('head-office')
    const bob = await openPreJoin(joinUrl, { phone: true })
    await measured(bob)
    assert.equal((await join(bob)).site, 'head-office')
    const line = bob.page.getByRole('status').getByText(/^This meeting runs at branch, \d+\sms from you\.$/)
    await line.waitFor()
    const ms = Number(/(\d+)\sms/.exec((await line.textContent()) ?? '')?.[1])
    assert.ok(ms >= 2 * FAR_MS && ms < 2 * FAR_MS + 100, `${ms} ms`)
    assert.equal(await nodeOf(bob.page), 'branch-1')
    assert.deepEqual(await violations(bob.page), [])
    assert.equal(await ann.page.locator('[data-elsewhere]').count(), 0)
    // It disappears after a while, but the settings keep the details for support.
    await line.waitFor({ state: 'detached', timeout: 15_000 })
    await bob.page.getByRole('button', { name: 'Settings', exact: true }).click()
    await bob.page.getByText('Connection details').click()
    await bob.page
      .getByRole('dialog')
      .getByText(
        /^Connected to node branch-1 at site branch, \d+\sms from you\. Your nearest site is head-office\.$/,
      )
      .waitFor()
    assertClean(ann, bob)
    await Promise.all([ann.context.close(), bob.context.close()])
  })

  test('Join does not wait for a slow measurement', async () => {
    // Longer than any measurement may take.
    for (const relay of Object.values(relays)) relay.oneWayMs = 10_000
    const { joinUrl } = await createRoom(stack.url)
    const ann = await openPreJoin(joinUrl)
    await until(() => ann.asked.length > 0, { what: 'the measurement begins' })
    const endedBefore: number[] = []
    ann.page.on('request', (request) => {
      if (request.url().endsWith('/join')) endedBefore.push(ann.ended())
    })
    assert.equal((await join(ann)).site, undefined)
    assert.deepEqual(endedBefore, [0], 'the join is sent while the measurement still waits')
    await ann.context.close()
  })

  test('with one site only, nothing is measured', async () => {
    await commandNode(stack, 'branch-1', 'cordon')
    await sitesToMeasure(0)
    const { joinUrl } = await createRoom(stack.url)
    const ann = await openPreJoin(joinUrl)
    await ann.page.locator('[data-camera=on]').waitFor()
    await ann.page.waitForLoadState('networkidle')
    assert.equal((await join(ann)).site, undefined)
    await connected(ann.page)
    assert.deepEqual(ann.asked, [])
    await commandNode(stack, 'branch-1', 'uncordon')
    await ann.context.close()
  })

  test('measurement wins over the ranges that an operator set', async () => {
    await setRanges('head-office', ['127.0.0.0/8', '::1/128'])
    near('branch')
    const { joinUrl } = await createRoom(stack.url)
    const ann = await openPreJoin(joinUrl)
    await measured(ann)
    assert.equal((await join(ann)).site, 'branch')
    await connected(ann.page)
    assert.equal(await nodeOf(ann.page), 'branch-1')
    await setRanges('head-office', [])
    await ann.context.close()
  })

  test('a site that cannot be reached is left out of the measurement', async () => {
    relays['head-office']?.close()
    const { joinUrl } = await createRoom(stack.url)
    const ann = await openPreJoin(joinUrl)
    // One request to the unreachable site.
    await measured(ann, PROBES / 2 + 1)
    assert.equal((await join(ann)).site, 'branch')
    await connected(ann.page)
    await ann.context.close()
  })
})

const settingsOf = async (site: string): Promise<SiteSettings | undefined> => {
  const reply = await fetch(`${stack.url}/v1/sites`, { headers: operatorHeaders(stack) })
  return ((await reply.json()) as SiteView[]).find((one) => one.site === site)?.settings
}

test('an operator changes the settings of a site: problems are shown at their fields, and the next join follows the settings', async () => {
  const ops = await openOps(browser, stack, { ours })
  const { page, context } = ops
  await page.getByRole('button', { name: 'Settings for head-office' }).click()
  const dialog = page.getByRole('dialog')
  const ranges = dialog.getByLabel('Addresses of people at this site')
  const order = dialog.getByLabel('Other sites, in this order')
  await ranges.fill('127.0.0.0/8\n10.1.0.0/40')
  await order.fill('head-office')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('“10.1.0.0/40” isn’t an address range').waitFor()
  await dialog.getByText('A site can’t be its own fallback.').waitFor()
  await page.locator('#site-ranges:focus[aria-invalid=true]').waitFor()
  assert.deepEqual(await violations(page), [])
  await order.fill('no such name!')
  await ranges.fill('127.0.0.0/8, ::1/128')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('“no” isn’t a site name').or(dialog.getByText('“name!” isn’t a site name')).waitFor()
  await order.fill('branch')
  await dialog.getByLabel('Keep enough free to lose the largest node').uncheck()
  await dialog.getByLabel('People at this site can join meetings').check()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  const set = {
    ranges: ['127.0.0.0/8', '::1/128'],
    fallback: ['branch'],
    boundary: 'soft',
    spare: 'none',
    offline: 'join',
  }
  assert.deepEqual(await settingsOf('head-office'), set)

  // By address alone, without a measurement.
  await until(
    async () => {
      const { room } = await createRoom(stack.url)
      return (await joinOverHttp(stack.url, room)).nearestSite === 'head-office'
    },
    { what: 'the ranges count', everyMs: 200 },
  )
  const { room } = await createRoom(stack.url)
  assert.equal((await joinOverHttp(stack.url, room)).node, 'hq-1')

  await page.reload()
  await page.getByRole('button', { name: 'Settings for head-office' }).click()
  assert.equal(await ranges.inputValue(), set.ranges.join('\n'))
  assert.equal(await dialog.getByLabel('Keep enough free to lose the largest node').isChecked(), false)
  await dialog.getByLabel('Its meetings are refused').check()
  await order.waitFor({ state: 'detached' })
  await ranges.fill('')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  assert.deepEqual(await settingsOf('head-office'), set, 'Escape changes nothing')
  assertClean(ops)
  await context.close()
})

test('nodes that go silent together: the site is shown as frozen, with what to check', async () => {
  await stack.addNode(spec('branch-2', 'branch'))
  const agents = stack.nodes.filter(({ site }) => site === 'branch').map(({ agent }) => agent)
  const ops = await openOps(browser, stack, { ours, look: { phone: true, dark: true } })
  await ops.page.locator('[data-site=branch]').getByText('2 of 2 nodes serving').waitFor()
  for (const agent of agents) agent.kill('SIGSTOP')
  try {
    await ops.page
      .locator('[data-site=branch] [data-site-problem=frozen]')
      .getByText('2 of 2 nodes went silent at the same time.')
      .waitFor({ timeout: 30_000 })
    assert.deepEqual(await violations(ops.page), [])
  } finally {
    for (const agent of agents) agent.kill('SIGCONT')
  }
  await ops.page.locator('[data-site=branch] [data-site-problem]').waitFor({ state: 'detached' })
  await ops.context.close()
})

test('a large fleet: sites first, the nodes of one site page by page, and only what is shown is loaded', async (t) => {
  const MANY = 230
  for (let i = 1; i <= MANY; i++) await reportNodeOnce(stack, `depot-n${i}`, 'depot', 100)
  const ops = await openOps(browser, stack, { ours })
  const { page, context } = ops
  const requested = new Set<string>()
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.startsWith('/v1/')) requested.add(pathname)
  })
  const link = page.getByRole('link', { name: 'depot', exact: true })
  await link.waitFor()
  assert.equal(await page.locator('[data-node]').count(), 0)
  assert.deepEqual(await violations(page), [])
  await t.test('the overview loads the sites only', async () => {
    requested.clear()
    await until(() => requested.size > 0, { what: 'the next refresh' })
    assert.deepEqual([...requested], ['/v1/sites'])
  })
  await t.test('found by name', async () => {
    await page.getByLabel('Find a site').fill('BRANCH')
    await link.waitFor({ state: 'detached' })
    await page.getByLabel('Find a site').fill('dep')
  })
  await t.test('by keyboard into a site and page by page to the end', async () => {
    await link.focus()
    await page.keyboard.press('Enter')
    await page.locator('h1:focus').getByText('depot').waitFor()
    await page.getByText(`200 of ${MANY} nodes`, { exact: true }).waitFor()
    assert.equal(await page.locator('[data-node]').count(), 200)
    await page.getByRole('button', { name: 'Show more nodes' }).click()
    await page.getByText(`${MANY} of ${MANY} nodes`, { exact: true }).waitFor()
    assert.equal(await page.locator('[data-node]').count(), MANY)
    assert.equal(await page.getByRole('button', { name: 'Show more nodes' }).count(), 0)
  })
  await t.test('Back leads to the list as it was left', async () => {
    await page.goBack()
    await page.locator('a:focus').getByText('depot').waitFor()
    assert.equal(await page.getByLabel('Find a site').inputValue(), 'dep')
  })
  await t.test('a link leads to a site; a wrong one says so', async () => {
    await page.goto(`${stack.url}/ops?site=branch`)
    await page.locator('[data-node=branch-1]').waitFor()
    assert.deepEqual(await violations(page), [])
    await page.goto(`${stack.url}/ops?site=atlantis`)
    await page.getByText('There’s no site with this name.').waitFor()
    await page.getByRole('link', { name: 'All sites' }).click()
    await link.waitFor()
  })
  assertClean(ops)
  await context.close()
})
