// Activity besides camera and microphone: one participant shares a screen and writes a chat message every half second.
import { setTimeout as pause } from 'node:timers/promises'
import { until } from '@levee/deploy/until'
import { CHAT_ARRIVES_WITHIN_MS, CHAT_EVERY_MS, SHARE_WIDTH } from '../tuning.ts'
import type { Meeting, Person } from './meeting.ts'

export interface Activity {
  sharer: Person
  /** Resolves when the share is visible and the first message has reached every participant. */
  start: () => Promise<string[]>
  /** Returns what was lost, duplicated or prompted again. */
  end: () => Promise<string[]>
}

export function prepareActivity({ people }: Meeting, share: 'text' | 'film'): Activity {
  const sharer = people[0]!
  const lines: string[] = []
  let over = false
  let writing = Promise.resolve()
  let ended: Promise<string[]> | undefined

  async function write(): Promise<void> {
    const field = sharer.page.getByLabel('Message to everyone')
    for (; !over; await pause(CHAT_EVERY_MS)) {
      const line = `line-${lines.length}-end`
      lines.push(line)
      await field.fill(line)
      await field.press('Enter')
    }
  }

  return {
    sharer,
    async start() {
      await Promise.all(people.map(({ page }) => page.getByRole('button', { name: 'Chat' }).click()))
      await sharer.page.getByRole('button', { name: 'Share screen' }).click()
      // A text is the default.
      if (share === 'film') await sharer.page.getByRole('radio', { name: 'Smooth video' }).check()
      // A film is received in the size of its tile, a text in the size of the capture.
      const least = share === 'film' ? 1 : SHARE_WIDTH
      const others = people.filter((one) => one !== sharer)
      const widths = await Promise.all(others.map((one) => shareWidth(one, least)))
      writing = write()
      await until(async () => (await wrongChats(people, lines.slice(0, 1))).length === 0, {
        what: 'the first chat message reaching every participant',
      })
      const screen = await sharer.page.evaluate(() => window.levee_devices.screen)
      return [`shared ${screen}, received ${widths.join(' and ')} pixels wide`]
    },
    end: () => (ended ??= finish()),
  }

  async function finish(): Promise<string[]> {
    over = true
    await writing
    const wrong = () => wrongChats(people, lines)
    await until(async () => (await wrong()).length === 0, {
      what: 'every message reaching every participant once',
      timeoutMs: CHAT_ARRIVES_WITHIN_MS,
    }).catch(() => undefined)
    const prompts = await sharer.page.evaluate(() => window.levee_devices.prompts)
    return [...(await wrong()), ...(prompts === 1 ? [] : [`the share was prompted ${prompts} times`])]
  }
}

function shareWidth({ page }: Person, least: number): Promise<number> {
  return until(
    async () => {
      const width = await page
        .locator('[data-source=screen_share] video[data-front=true]')
        .evaluate((video: HTMLVideoElement) => video.videoWidth, undefined, { timeout: 500 })
      return width >= least && width
    },
    { what: `a visible share, at least ${least} pixels wide` },
  )
}

/** A sentence for each page that does not show every message exactly once. */
async function wrongChats(people: readonly Person[], lines: readonly string[]): Promise<string[]> {
  const wrong = await Promise.all(
    people.map(async ({ name, page }) => {
      const text = await page.getByRole('log', { name: 'Messages' }).innerText()
      const read = text.match(/line-\d+-end/g) ?? []
      const count = (line: string) => read.filter((one) => one === line).length
      const lost = lines.filter((line) => count(line) === 0).length
      const doubled = lines.filter((line) => count(line) > 1).length
      return lost + doubled > 0
        ? [`${name} missed ${lost} and saw twice ${doubled} of ${lines.length} chat messages`]
        : []
    }),
  )
  return wrong.flat()
}
