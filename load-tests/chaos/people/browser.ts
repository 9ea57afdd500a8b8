// A real Chromium whose pages have our devices and our meter.
import { ensureChromium } from '@levee/deploy/tools/chromium'
import { type Browser, type Page, chromium } from 'playwright-core'
import { type DevicesOptions, installDevices } from '../measure/page/devices.ts'
import { installMeter } from '../measure/page/meter.ts'
import { installPictureMeter } from '../measure/page/picture-meter.ts'
import { installSoundMeter } from '../measure/page/sound-meter.ts'
import { workletMain } from '../measure/page/worklet.ts'
import type { Recording } from '../measure/recording.ts'

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  // A screen share is a moving picture with a clock. A tab would only be as large as our page.
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
 * Without a GPU one thread composes all pages. At 1280 × 800 that takes 0.3 of two cores, at this size half of it, and a
 * picture of 640 × 360 is still requested in that size.
 */
const VIEWPORT = { width: 960, height: 600 }

/** A page in a browser profile of its own. */
export async function openPage(browser: Browser, devices: DevicesOptions): Promise<Page> {
  const context = await browser.newContext({
    viewport: VIEWPORT,
    permissions: ['camera', 'microphone'],
    // The meter loads an audio worklet, which the product's Content-Security-Policy forbids.
    bypassCSP: true,
  })
  await context.addInitScript(installDevices, devices)
  await context.addInitScript(installPictureMeter)
  await context.addInitScript(installSoundMeter, `(${workletMain.toString()})()`)
  await context.addInitScript(installMeter)
  return context.newPage()
}

export const readMeter = (page: Page, sinceMs: number): Promise<Recording> =>
  page.evaluate((since) => window.levee_meter.read(since), sinceMs)
