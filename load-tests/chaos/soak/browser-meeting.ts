// A meeting of a soak in real browsers.
import type { Stack } from '@levee/deploy/stack'
import { ensureWebBuild } from '@levee/deploy/tools/web-build'
import { openChromium } from '../people/browser.ts'
import { type Person, openMeeting } from '../people/meeting.ts'
import { isStable, readPairs } from '../people/pairs.ts'
import { SOAK_STABLE_MS } from '../tuning.ts'
import type { SoakMeeting } from './soak-invariants.ts'

/** `count`: participants. */
export const browserMeeting = (count: number) => ({
  prepare: ensureWebBuild,
  open: (stack: Stack, closers: (() => unknown)[]) => openBrowserMeeting(stack, count, closers),
})

async function openBrowserMeeting(
  stack: Stack,
  count: number,
  closers: (() => unknown)[],
): Promise<SoakMeeting> {
  const browser = await openChromium()
  closers.push(() => browser.close())
  const meeting = await openMeeting(browser, stack, count)
  const epochOf = async ({ page }: Person) =>
    Number(
      await page
        .getByTestId('meeting')
        .getAttribute('data-epoch', { timeout: 1_000 })
        .catch(() => 0),
    )
  return {
    name: 'Chromium',
    code: meeting.code,
    isWhole: async () => isStable(await readPairs(meeting, { fromMs: Date.now() - SOAK_STABLE_MS })),
    epochs: async () => [...new Set(await Promise.all(meeting.people.map(epochOf)))],
  }
}
