// From the click on Join to the first frame of another participant on the screen: Levee against bare livekit-client, in
// one browser. Prints a line of JSON for load-tests/benchmarks/main.ts.
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { CreatedRoom, JoinAnswer } from '@levee/control-plane/contract'
import type { Browser, Page } from 'playwright-core'
import { type Stack, startStack } from '../../deploy/stack/stack.ts'
import { ensureWebBuild } from '../../deploy/stack/tools/web-build.ts'
import { newVisitor, openChromium } from '../e2e/support/browser.ts'
import { type BareSite, makeToken, startBareSite } from './bare-site.ts'

const BLOCKS = 3
const TRIALS_PER_BLOCK = 6

/**
 * Quiet: no one else joined in the last seconds. Surge: another participant joined within the last second, so a key frame
 * has just been requested, and LiveKit throttles the next request. The gap between the two joins differs from trial to
 * trial and is the same for every variant: with a single gap the next key frame would come by chance.
 */
const SITUATIONS = ['quiet', 'surge'] as const
const surgeGapMs = (turn: number) => 100 + 50 * (turn % (BLOCKS * TRIALS_PER_BLOCK))
type Situation = (typeof SITUATIONS)[number]
type Variant = 'levee' | 'bareSame' | 'bareStock'

/** Milliseconds of every trial. */
type Samples = Record<Situation, Record<Variant, number[]>>

/** A meeting with one publisher, on one node. It has a join link only if Levee has placed it. */
interface Meeting {
  joinUrl?: string
  bareLink: (identity: string, publish: boolean) => string
  end: () => Promise<void>
}

declare global {
  interface Window {
    levee_clock: { clickedMs?: number; firstFrameMs?: number }
  }
}

/** Runs in the page. Records the time stamp of the click, and when the first frame of a remote picture is shown. */
function watchFirstFrame(): void {
  const clock: Window['levee_clock'] = (window.levee_clock = {})
  const onClick = ({ timeStamp, target }: Event) => {
    if (target instanceof Element && target.closest('button')?.textContent?.trim() === 'Join')
      clock.clickedMs ??= timeStamp
  }
  addEventListener('click', onClick, true)
  const seen = new WeakSet<HTMLVideoElement>()
  const look = () => {
    for (const video of document.querySelectorAll<HTMLVideoElement>('video:not([data-mirrored=true])')) {
      if (seen.has(video)) continue
      seen.add(video)
      video.requestVideoFrameCallback((now) => (clock.firstFrameMs ??= now))
    }
  }
  new MutationObserver(look).observe(document, { childList: true, subtree: true })
}

const clickJoin = (page: Page) => page.getByRole('button', { name: 'Join', exact: true }).click()

async function firstFrameMs(page: Page): Promise<number> {
  const clock = await page.waitForFunction(() =>
    window.levee_clock.firstFrameMs === undefined ? undefined : window.levee_clock,
  )
  const { clickedMs, firstFrameMs } = (await clock.jsonValue()) ?? {}
  assert.ok(
    clickedMs !== undefined && firstFrameMs !== undefined,
    'the click and the first frame were recorded',
  )
  return firstFrameMs - clickedMs
}

async function openBare(browser: Browser, link: string) {
  const visitor = await newVisitor(browser, [])
  await visitor.context.addInitScript(watchFirstFrame)
  await visitor.page.goto(link)
  await visitor.page.locator('body[data-ready=yes]').waitFor()
  return visitor
}

async function openLevee(browser: Browser, joinUrl: string) {
  const visitor = await newVisitor(browser, [])
  await visitor.context.addInitScript(watchFirstFrame)
  await visitor.page.goto(joinUrl)
  await visitor.page.getByLabel('Your name').fill('Ann')
  await visitor.page.locator('[data-camera=on][data-microphone=on]').waitFor()
  return visitor
}

let people = 0

async function trial(
  browser: Browser,
  meeting: Meeting,
  variant: Variant,
  situation: Situation,
  turn: number,
): Promise<number> {
  const newIdentity = () => `person-${people++}`
  const earlier =
    situation === 'surge' ? await openBare(browser, meeting.bareLink(newIdentity(), false)) : undefined
  const { page, context } =
    variant === 'levee'
      ? await openLevee(browser, meeting.joinUrl ?? '')
      : await openBare(browser, meeting.bareLink(newIdentity(), true))
  await page.waitForLoadState('networkidle')
  if (earlier) {
    await clickJoin(earlier.page)
    await pause(surgeGapMs(turn))
  }
  await clickJoin(page)
  const ms = await firstFrameMs(page)
  await context.close()
  await earlier?.context.close()
  return ms
}

/** The participant who is already in the meeting, the same for every variant. */
async function publish(browser: Browser, link: string): Promise<() => Promise<void>> {
  const { page, context } = await openBare(browser, link)
  await clickJoin(page)
  await page.locator('body[data-joined=yes]').waitFor()
  return () => context.close()
}

async function post<T>(url: string, body: object): Promise<T> {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.ok(reply.ok, `${url} answered ${reply.status}`)
  return (await reply.json()) as T
}

/** A meeting that Levee has placed. Bare pages join the same room on the same node, with a token signed here. */
async function leveeMeeting(browser: Browser, stack: Stack, site: BareSite): Promise<Meeting> {
  const [node] = stack.nodes
  assert.ok(node)
  const { room, joinUrl } = await post<CreatedRoom>(`${stack.url}/v1/rooms`, {})
  const { roomName } = await post<JoinAnswer>(`${stack.url}/v1/rooms/${room}/join`, { name: 'Ann' })
  const bareLink = (identity: string, sends: boolean) =>
    site.link(node.url, makeToken(node.key, roomName, identity), sends)
  return { joinUrl, bareLink, end: await publish(browser, bareLink('publisher', true)) }
}

async function bareMeeting(
  browser: Browser,
  node: Awaited<ReturnType<Stack['addBareLivekit']>>,
  site: BareSite,
): Promise<Meeting> {
  const room = `bare-${people++}`
  const bareLink = (identity: string, sends: boolean) =>
    site.link(node.url, makeToken(node.key, room, identity), sends)
  return { bareLink, end: await publish(browser, bareLink('publisher', true)) }
}

async function main() {
  await ensureWebBuild()
  const stack = await startStack({ nodes: [{ id: 'n1', site: 'hq' }], logLevel: 'warn' })
  const stock = await stack.addBareLivekit({ id: 'stock', pliThrottleMs: 'stock' })
  const site = await startBareSite()
  const browser = await openChromium()
  const none = (): Record<Variant, number[]> => ({ levee: [], bareSame: [], bareStock: [] })
  const samples: Samples = { quiet: none(), surge: none() }
  /** The variants of one meeting take turns. */
  const block = async (meeting: Meeting, variants: readonly Variant[], situation: Situation) => {
    // Not counted: these warm up the node and the publisher.
    for (const variant of variants) await trial(browser, meeting, variant, situation, 0)
    for (let i = 0; i < TRIALS_PER_BLOCK; i++)
      for (const variant of variants) {
        const counted = samples[situation][variant]
        counted.push(await trial(browser, meeting, variant, situation, counted.length))
      }
    await meeting.end()
  }
  for (let i = 0; i < BLOCKS; i++) {
    for (const situation of SITUATIONS) {
      await block(await leveeMeeting(browser, stack, site), ['levee', 'bareSame'], situation)
      await block(await bareMeeting(browser, stock, site), ['bareStock'], situation)
    }
  }
  await browser.close()
  await site.stop()
  await stack.stop()
  process.stdout.write(`${JSON.stringify(samples)}\n`)
}

await main()
