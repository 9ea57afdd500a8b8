// What people do besides talking: one shares a screen, and writes a line every half second.
import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../../../deploy/stack/until.ts'
import type { Meeting, Person } from './meeting.ts'

export interface Talk {
  sharer: Person
  /** Resolves when the share is there and the first line has reached everybody. */
  begin: () => Promise<string[]>
  /** Stops; gives what was lost, doubled or asked again. */
  end: () => Promise<string[]>
}

const EVERY_MS = 500
/** What is shared is 1080p. */
const WIDTH = 1920
const ARRIVES_WITHIN_MS = 5_000

export function openTalk({ people }: Meeting, share: 'text' | 'film'): Talk {
  const sharer = people[0]!
  const lines: string[] = []
  let over = false
  let writing = Promise.resolve()
  let ended: Promise<string[]> | undefined

  async function write(): Promise<void> {
    const field = sharer.page.getByLabel('Message to everyone')
    for (; !over; await pause(EVERY_MS)) {
      const line = `line-${lines.length}-end`
      lines.push(line)
      await field.fill(line)
      await field.press('Enter')
    }
  }

  return {
    sharer,
    async begin() {
      await Promise.all(people.map(({ page }) => page.getByRole('button', { name: 'Chat' }).click()))
      await sharer.page.getByRole('button', { name: 'Share screen' }).click()
      // The page shares a text unless it is told otherwise.
      if (share === 'film') await sharer.page.getByRole('radio', { name: 'Smooth video' }).check()
      // Of a film the tile's size is taken, a text comes as it was captured.
      const least = share === 'film' ? 1 : WIDTH
      const others = people.filter((one) => one !== sharer)
      const widths = await Promise.all(others.map((one) => shareWidth(one, least)))
      writing = write()
      await until(async () => (await everybodyRead(people, lines.slice(0, 1))).length === 0, {
        what: 'the first line of chat reaching everybody',
      })
      const screen = await sharer.page.evaluate(() => window.levee_devices.screen)
      return [`shared ${screen}, seen ${widths.join(' and ')} pixels wide`]
    },
    end: () => (ended ??= finish()),
  }

  async function finish(): Promise<string[]> {
    over = true
    await writing
    const missing = () => everybodyRead(people, lines)
    await until(async () => (await missing()).length === 0, {
      what: 'every line reaching everybody once',
      timeoutMs: ARRIVES_WITHIN_MS,
    }).catch(() => undefined)
    const prompts = await sharer.page.evaluate(() => window.levee_devices.prompts)
    return [...(await missing()), ...(prompts === 1 ? [] : [`the share was prompted ${prompts} times`])]
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
    { what: `the share on the screen, at least ${least} pixels wide` },
  )
}

/** What is wrong with the lines on each page: a sentence for each that is not there exactly once. */
async function everybodyRead(people: readonly Person[], lines: readonly string[]): Promise<string[]> {
  const wrong = await Promise.all(
    people.map(async ({ name, page }) => {
      const text = await page.getByRole('log', { name: 'Messages' }).innerText()
      const read = text.match(/line-\d+-end/g) ?? []
      const count = (line: string) => read.filter((one) => one === line).length
      const lost = lines.filter((line) => count(line) === 0).length
      const doubled = lines.filter((line) => count(line) > 1).length
      return lost + doubled > 0
        ? [`${name} lost ${lost} and saw doubled ${doubled} of ${lines.length} lines`]
        : []
    }),
  )
  return wrong.flat()
}
