// Meetings of participants in browsers.
import type { CreatedRoom, JoinAnswer } from '@levee/control-plane/contract'
import type { EdgeNode, Stack } from '@levee/deploy/stack'
import type { Browser, Page } from 'playwright-core'
import type { StockSite } from '../stock/stock-site.ts'
import { post } from './api.ts'
import { openPage } from './browser.ts'

export interface Person {
  name: string
  identity: string
  page: Page
}

export interface Meeting {
  people: readonly Person[]
  /** The node on which the meeting was placed: its id, or its URL for the stock client. */
  node: string
  /** LiveKit's name of the room; {roomId}~{epoch} if Levee placed it. */
  roomName: string
  close: () => Promise<void>
}

const NAMES = ['Ann', 'Bob', 'Cem', 'Dee', 'Eva', 'Fay']
const hertzOf = (index: number) => 440 + 110 * index

/** Participants open the link and join, one after the other. `code`: of the room's link. */
export async function openMeeting(
  browser: Browser,
  stack: Stack,
  count: number,
): Promise<Meeting & { code: string }> {
  const { joinUrl, room: code } = await post<CreatedRoom>(`${stack.url}/v1/rooms`, {
    expectedParticipants: count,
  })
  const people: Person[] = []
  let node = ''
  let roomName = ''
  for (const [index, name] of NAMES.slice(0, count).entries()) {
    const page = await openPage(browser, { hertz: hertzOf(index), canSkip: false })
    await page.goto(joinUrl)
    await page.getByLabel('Your name').fill(name)
    await page.locator('[data-camera=on][data-microphone=on]').waitFor()
    const answered = page.waitForResponse(
      (reply) => reply.url().endsWith('/join') && reply.request().method() === 'POST' && reply.ok(),
    )
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    const answer = (await (await answered).json()) as JoinAnswer
    await page.locator('[data-testid=meeting][data-connection=connected]').waitFor()
    ;({ node, roomName } = answer)
    people.push({ name, identity: answer.identity, page })
  }
  return { people, node, roomName, code, close: () => closeAll(people) }
}

let stockRooms = 0

interface StockOptions {
  count: number
  canSkip?: boolean
  roomName?: string
}

/** The same participants with LiveKit's own client, which only knows its node. */
export async function openStockMeeting(
  browser: Browser,
  site: StockSite,
  node: Pick<EdgeNode, 'url' | 'key'>,
  { count, canSkip = false, roomName = `stock-${stockRooms++}` }: StockOptions,
): Promise<Meeting> {
  const people: Person[] = []
  for (const [index, name] of NAMES.slice(0, count).entries()) {
    const page = await openPage(browser, { hertz: hertzOf(index), canSkip })
    await page.goto(site.link(node, roomName, name))
    await page.locator('body[data-ready=yes]').waitFor()
    await page.getByRole('button', { name: 'Join' }).click()
    await page.locator('body[data-joined=yes]').waitFor()
    people.push({ name, identity: name, page })
  }
  return { people, node: node.url, roomName, close: () => closeAll(people) }
}

const closeAll = async (people: readonly Person[]): Promise<void> => {
  await Promise.all(people.map(({ page }) => page.context().close()))
}
