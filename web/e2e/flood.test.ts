// A modified client in a meeting: what it sends must not freeze the pages of others. The sender is a page that uses
// LiveKit's client without ours; the receiver is our own page.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Browser, Page } from 'playwright-core'
import type { StackView } from '../../deploy/stack/shared.ts'
import { until } from '../../deploy/stack/until.ts'
import { shared } from './shared-stack.ts'
import { openChromium } from './support/browser.ts'
import { openHostile, sendLine, startFlood } from './support/hostile-sender.ts'
import { inputLatency } from './support/input-latency.ts'
import { assertClean, createRoom, joinByLink, type Guest } from './support/meeting.ts'

let stack: StackView
let browser: Browser
let ours: string[]
let ann: Guest
let eve: Page

const FLOOD = { perSec: 1_000, forMs: 10_000 }
/** A person does not notice less. */
const LATENCY_MAX_MS = 200

before(async () => {
  stack = await shared.open()
  ours = [...stack.urls, ...stack.nodes.map(({ url }) => url)]
  browser = await openChromium()
  const { joinUrl, room } = await createRoom(stack.url, { title: 'Flood' })
  ann = await joinByLink(browser, ours, joinUrl, 'Ann')
  const reply = await fetch(`${stack.url}/v1/rooms/${room}/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ann (host)' }),
  })
  eve = await openHostile(browser, stack.url, (await reply.json()) as JoinAnswer)
  await ann.page.getByRole('button', { name: /^Chat/ }).click()
})
after(async () => {
  await browser?.close()
  await shared.close()
})

const lines = (page: Page) => page.getByRole('log').locator('li')

test('a line of 4,000 letters without a blank does not freeze the page', async () => {
  await ann.page.getByLabel('Message to everyone').click()
  const watch = await inputLatency(ann.page, 2_000, () => sendLine(eve, 'a'.repeat(4_000)))
  await lines(ann.page).getByText('aaaa').waitFor()
  assert.ok(watch.maxMs < LATENCY_MAX_MS, JSON.stringify(watch))
  const box = await ann.page.getByRole('log').evaluate((log) => log.scrollWidth - log.clientWidth)
  assert.equal(box, 0, 'a long word wraps')
  await ann.page.getByRole('button', { name: 'Show more' }).click()
  await ann.page.getByRole('button', { name: 'Show less' }).waitFor()
})

test('only http and https are links; they show where they go and open on their own', async () => {
  await sendLine(eve, 'javascript:alert(1) https://user@evil.example/ https://аpple.com/x')
  const link = ann.page.getByRole('log').getByRole('link')
  await link.waitFor()
  assert.equal(await link.count(), 1)
  assert.equal(await link.textContent(), 'https://xn--pple-43d.com/x')
  assert.equal(await link.getAttribute('rel'), 'noopener noreferrer')
})

test('a name that looks like a badge is no badge', async () => {
  const entry = lines(ann.page).filter({ hasText: 'Ann (host)' }).first()
  await entry.waitFor()
  assert.equal(await entry.locator('svg').count(), 0, 'the badge has a shield')
  await ann.page.getByRole('group', { name: 'Ann (host)', exact: true }).waitFor()
  const shields = ann.page.getByTestId('tile').filter({ hasText: 'Ann (host)' }).locator('svg.lucide-shield')
  assert.equal(await shields.count(), 0)
})

test('1,000 messages a second for 10 s leave the page usable, and it says who floods', async (t) => {
  await ann.page.getByLabel('Message to everyone').click()
  const calm = await inputLatency(ann.page, 3_000, async () => {})
  const watch = await inputLatency(ann.page, FLOOD.forMs, () => startFlood(eve, FLOOD))
  const sent = await until(() => eve.evaluate(() => window.levee_flood), { what: 'the end of the flood' })
  t.diagnostic(JSON.stringify({ calm, watch, ...sent }))
  assert.ok(sent.sent / (sent.tookMs / 1_000) > FLOOD.perSec * 0.7, `only ${sent.sent} in ${sent.tookMs} ms`)
  assert.ok(watch.samples > 50, JSON.stringify(watch))
  assert.ok(watch.p95Ms < LATENCY_MAX_MS + calm.p95Ms, JSON.stringify({ calm, watch }))
  await ann.page.getByText(/is sending too many messages/).waitFor()
  assert.ok((await lines(ann.page).count()) < 120)
  assertClean(ann)
})
