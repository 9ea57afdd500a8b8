// A real Chromium whose pages carry our devices and our meter.
import { type Browser, type Page, chromium } from 'playwright-core'
import { ensureChromium } from '../../../deploy/stack/tools/chromium.ts'
import { type DevicesOptions, installDevices } from '../measure/devices.ts'
import { type Reading, installMeter } from '../measure/meter.ts'
import { workletMain } from '../measure/worklet.ts'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  // A moving picture with a clock in it, for screen shares too: a tab would be as large as our own page.
  '--use-fake-device-for-media-stream=display-media-type=monitor,fps=20',
]

export async function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: await ensureChromium(),
    args: ARGS,
    ignoreDefaultArgs: ['--mute-audio'],
  })
}

/**
 * Without a GPU one thread composes the pages of everybody. At 1280 × 800 it alone takes 0.3 of two cores, here half of
 * that, and a picture of 640 × 360 is still asked for in that size.
 */
const VIEWPORT = { width: 960, height: 600 }

/** A person with a browser profile of their own. */
export async function openPage(browser: Browser, devices: DevicesOptions): Promise<Page> {
  const context = await browser.newContext({
    viewport: VIEWPORT,
    permissions: ['camera', 'microphone'],
    // The meter brings an audio worklet, which the product’s policy rightly refuses.
    bypassCSP: true,
  })
  await context.addInitScript(installDevices, devices)
  await context.addInitScript(installMeter, `(${workletMain.toString()})()`)
  return context.newPage()
}

export const readMeter = (page: Page, sinceMs: number): Promise<Reading> =>
  page.evaluate((since) => window.levee_meter.read(since), sinceMs)
