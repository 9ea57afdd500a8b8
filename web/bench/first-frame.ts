// Click on Join → first frame of somebody else on the screen: Levee against bare livekit-client, in one browser.
// Prints a JSON line for load-tests/bench.ts.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CreatedRoom, JoinAnswer } from '@levee/control-plane/contract'
import type { Browser, Page } from 'playwright-core'
import { startStack, type Stack } from '../../deploy/local/stack.ts'
import { ensureWebBuild } from '../../deploy/local/web-build.ts'
import { newVisitor, openChromium } from '../e2e/browser.ts'

/** Blocks rotate, so that a disturbance of the machine hits every arm. */
const BLOCKS = 3
const TRIALS_PER_BLOCK = 6

type Arm = 'levee' | 'bare, same server settings' | 'bare, stock server'
/** Ends at the first remote frame. Milliseconds. */
type Trial = (browser: Browser) => Promise<number>
interface Meeting {
  trial: Trial
  end: () => Promise<void>
}

declare global {
  interface Window {
    levee_clock: { clickedMs?: number; firstFrameMs?: number }
  }
}

/** Runs in the page: the click's own time stamp, and the time at which a frame of a remote picture is shown. */
function watchFirstFrame(): void {
  const clock: Window['levee_clock'] = (window.levee_clock = {})
  const onClick = ({ timeStamp, target }: Event) => {
    if (target instanceof Element && target.closest('button')?.textContent?.trim() === 'Join')
      clock.clickedMs ??= timeStamp
  }
  addEventListener('click', onClick, true)
  const seen = new WeakSet<HTMLVideoElement>()
  const look = () => {
    for (const video of document.querySelectorAll<HTMLVideoElement>('video:not(.mirrored)')) {
      if (seen.has(video)) continue
      seen.add(video)
      video.requestVideoFrameCallback((now) => (clock.firstFrameMs ??= now))
    }
  }
  new MutationObserver(look).observe(document, { childList: true, subtree: true })
}

async function clickAndWait(page: Page): Promise<number> {
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  const clock = await page.waitForFunction(() =>
    window.levee_clock.firstFrameMs === undefined ? undefined : window.levee_clock,
  )
  const { clickedMs, firstFrameMs } = (await clock.jsonValue()) ?? {}
  assert.ok(clickedMs !== undefined && firstFrameMs !== undefined, 'both ends were seen')
  return firstFrameMs - clickedMs
}

/** Serves the bare page and the library that the product uses too. */
async function startBareSite() {
  const library = new URL('../node_modules/livekit-client/dist/livekit-client.umd.js', import.meta.url)
  const files: Record<string, [string, Buffer]> = {
    '/': ['text/html', readFileSync(new URL('bare.html', import.meta.url))],
    '/livekit-client.js': ['text/javascript', readFileSync(library)],
  }
  const server = createServer((request, reply) => {
    const file = files[request.url ?? '']
    reply.writeHead(file ? 200 : 404, { 'content-type': file?.[0] ?? 'text/plain' }).end(file?.[1])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    link: (url: string, token: string) =>
      `http://localhost:${port}/#${encodeURIComponent(JSON.stringify({ url, token }))}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  }
}

interface NodeKey {
  apiKey: string
  apiSecret: string
}

function handMadeToken({ apiKey, apiSecret }: NodeKey, room: string, identity: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 600
  const claims = { iss: apiKey, sub: identity, exp, video: { roomJoin: true, room } }
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  return `${signed}.${createHmac('sha256', apiSecret).update(signed).digest('base64url')}`
}

/** Somebody who is there already, the same in every arm. */
async function publish(browser: Browser, link: string): Promise<() => Promise<void>> {
  const { page, context } = await newVisitor(browser, [link])
  await page.goto(link)
  await page.getByRole('button', { name: 'Join' }).click()
  await page.locator('body[data-published=yes]').waitFor()
  return () => context.close()
}

async function main() {
  await ensureWebBuild()
  const stack = await startStack({ nodes: [{ id: 'n1', site: 'hq' }], logLevel: 'warn' })
  const site = await startBareSite()
  const browser = await openChromium()
  const post = async <T>(path: string, body: object) => {
    const reply = await fetch(`${stack.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    assert.ok(reply.ok, `${path} answered ${reply.status}`)
    return (await reply.json()) as T
  }

  async function leveeMeeting(): Promise<Meeting> {
    const { room, joinUrl } = await post<CreatedRoom>('/v1/rooms', {})
    const seat = await post<JoinAnswer>(`/v1/rooms/${room}/join`, { name: 'Publisher' })
    const end = await publish(browser, site.link(seat.serverUrl, seat.participantToken))
    const trial: Trial = async () => {
      const { page, context } = await newVisitor(browser, [])
      await context.addInitScript(watchFirstFrame)
      await page.goto(joinUrl)
      await page.getByLabel('Your name').fill('Ann')
      await page.locator('[data-camera=on][data-microphone=on]').waitFor()
      await page.waitForLoadState('networkidle')
      const ms = await clickAndWait(page)
      await context.close()
      return ms
    }
    return { trial, end }
  }

  let trials = 0
  const bareMeeting = (node: Awaited<ReturnType<Stack['addBareLivekit']>>) => async (): Promise<Meeting> => {
    const room = `bare-${trials++}`
    const token = (who: string) => handMadeToken(node.key, room, who)
    const end = await publish(browser, site.link(node.url, token('publisher')))
    const trial: Trial = async () => {
      const { page, context } = await newVisitor(browser, [])
      await context.addInitScript(watchFirstFrame)
      await page.goto(site.link(node.url, token(`ann-${trials++}`)))
      await page.locator('body[data-devices=on]').waitFor()
      await page.waitForLoadState('networkidle')
      const ms = await clickAndWait(page)
      await context.close()
      return ms
    }
    return { trial, end }
  }

  const same = await stack.addBareLivekit({ id: 'bare-same' })
  const stock = await stack.addBareLivekit({ id: 'bare-stock', pliThrottleMs: 'stock' })
  const arms: [Arm, () => Promise<Meeting>][] = [
    ['levee', leveeMeeting],
    ['bare, same server settings', bareMeeting(same)],
    ['bare, stock server', bareMeeting(stock)],
  ]
  const samples: Record<Arm, number[]> = {
    levee: [],
    'bare, same server settings': [],
    'bare, stock server': [],
  }
  for (let block = 0; block < BLOCKS; block++) {
    const turn = block % arms.length
    for (const [arm, open] of [...arms.slice(turn), ...arms.slice(0, turn)]) {
      const meeting = await open()
      // The first join of a fresh meeting warms the node's and the publisher's side, in every arm.
      await meeting.trial(browser)
      for (let i = 0; i < TRIALS_PER_BLOCK; i++) samples[arm].push(await meeting.trial(browser))
      await meeting.end()
    }
  }
  await browser.close()
  await site.stop()
  await stack.stop()
  process.stdout.write(`${JSON.stringify(samples)}\n`)
}

await main()
