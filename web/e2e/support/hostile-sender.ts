// A page with LiveKit's own client and none of ours: it sends whatever LiveKit lets through.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { JoinAnswer } from '@levee/control-plane/contract'
import type { Room } from 'livekit-client'
import type { Browser, Page } from 'playwright-core'

declare global {
  interface Window {
    LivekitClient: { Room: new () => Room }
    levee_room: Room
    levee_flood?: { sent: number; tookMs: number }
  }
}

const CLIENT = fileURLToPath(import.meta.resolve('livekit-client')).replace(/[^/]+$/, 'livekit-client.umd.js')

/** Joins without the product's code. `url`: any page of a secure origin, whose policy is switched off. */
export async function openHostile(browser: Browser, url: string, access: JoinAnswer): Promise<Page> {
  const page = await (await browser.newContext({ bypassCSP: true })).newPage()
  await page.goto(url)
  await page.addScriptTag({ content: readFileSync(CLIENT, 'utf8') })
  await page.evaluate(async ({ serverUrl, participantToken }) => {
    window.levee_room = new window.LivekitClient.Room()
    await window.levee_room.connect(serverUrl, participantToken)
  }, access)
  return page
}

export const sendLine = (page: Page, text: string): Promise<unknown> =>
  page.evaluate((line) => window.levee_room.localParticipant.sendText(line, { topic: 'lk.chat' }), text)

/** Starts to send chat messages, without compression, which would only slow down the sender, and returns; `levee_flood` is set when it is over. */
export function startFlood(page: Page, flood: { perSec: number; forMs: number }): Promise<void> {
  return page.evaluate(({ perSec, forMs }) => {
    const { localParticipant } = window.levee_room
    const startMs = performance.now()
    let sent = 0
    const timer = setInterval(() => {
      const tookMs = performance.now() - startMs
      for (; sent < (Math.min(tookMs, forMs) / 1_000) * perSec; sent++)
        void localParticipant.sendText(`message ${sent} https://example.com/${sent}`, {
          topic: 'lk.chat',
          compress: false,
        })
      if (tookMs < forMs) return
      clearInterval(timer)
      window.levee_flood = { sent, tookMs }
    }, 10)
  }, flood)
}
