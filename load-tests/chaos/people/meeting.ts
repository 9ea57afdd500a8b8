// People in a meeting, and what each of them gets of every other.
import type { CreatedRoom, JoinAnswer } from '@levee/control-plane/contract'
import type { Browser, Page } from 'playwright-core'
import type { EdgeNode, Stack } from '../../../deploy/stack/stack.ts'
import { until } from '../../../deploy/stack/until.ts'
import { openPage, readMeter } from './browser.ts'
import { type Span, type Stretch, echoMs, gapsOf, picturesOf, soundOf, stretchOf } from '../measure/gaps.ts'
import type { Reading } from '../measure/meter.ts'
import type { StockSite } from '../stock/stock-site.ts'

export interface Person {
  name: string
  identity: string
  page: Page
}

export interface Meeting {
  people: readonly Person[]
  /** Where it was placed when the first one joined. */
  node: string
  /** As LiveKit calls it: {roomId}~{epoch} when Levee placed it. */
  roomName: string
  close: () => Promise<void>
}

/** What `to` got of `from`. */
export interface Pair {
  to: string
  from: string
  picture: Stretch
  sound: Stretch
  echoMs: number
  share?: Stretch
}

/** Longer ones are noticed: a picture stands still, a syllable is missing. */
const NOTICED = { pictureMs: 150, soundMs: 60, shareMs: 600 }

/** What the meters of sound and picture have not told yet when they are read. */
const EDGE_MS = 50

/** A gap may have begun before the window did. */
const EARLIER_MS = 10_000

const NAMES = ['Ann', 'Bob', 'Cem', 'Dee', 'Eva', 'Fay']
const hertzOf = (index: number) => 440 + 110 * index

export const post = <T>(url: string, body: object, key?: string): Promise<T> => send('POST', url, body, key)

export async function send<T>(method: 'POST' | 'PUT', url: string, body: object, key?: string): Promise<T> {
  const reply = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
    body: JSON.stringify(body),
  })
  const text = await reply.text()
  if (!reply.ok) throw new Error(`${url} answered ${reply.status}: ${text.slice(0, 200)}`)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

/** People come by the link, one after the other, as they do. */
export async function gatherLevee(
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

/** The same people with LiveKit’s own client, which knows nothing but its node. */
export async function gatherStock(
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

/** Every receiver × sender in this window; it ends when the meters are read, if not before. */
export async function readPairs(
  { people }: Meeting,
  { fromMs, toMs = Number.POSITIVE_INFINITY }: { fromMs: number; toMs?: number },
  sharer?: Person,
): Promise<Pair[]> {
  const readings = await Promise.all(people.map(({ page }) => readMeter(page, fromMs - EARLIER_MS)))
  return people.flatMap((to, index) => {
    const reading = readings[index]!
    const window = { fromMs, toMs: Math.min(toMs, reading.atMs - EDGE_MS) }
    return people
      .filter((from) => from !== to)
      .map((from) => ({
        to: to.name,
        from: from.name,
        ...whatCame(reading, from.identity, window),
        ...(from === sharer && { share: shareOf(reading, from.identity, window) }),
      }))
  })
}

function whatCame(reading: Reading, identity: string, window: Span) {
  const pictures = gapsOf(picturesOf(reading, identity, 'camera'), window)
  const sounds = gapsOf(soundOf(reading, identity), window)
  return {
    picture: stretchOf(pictures, window, NOTICED.pictureMs),
    sound: stretchOf(sounds, window, NOTICED.soundMs),
    echoMs: echoMs(reading, identity, window),
  }
}

const shareOf = (reading: Reading, identity: string, window: Span): Stretch =>
  stretchOf(gapsOf(picturesOf(reading, identity, 'screen_share'), window), window, NOTICED.shareMs)

export const isCalm = (pairs: readonly Pair[]): boolean =>
  pairs.every(
    ({ picture, sound, share }) =>
      picture.restoredMs === 0 && sound.restoredMs === 0 && (share?.restoredMs ?? 0) === 0,
  )

const CALM_EVERY_MS = 250

/** Waits until nobody missed anything of anybody for this long; gives the last look. */
export function calm(
  meeting: Meeting,
  { forMs, sinceMs = 0, timeoutMs, sharer }: CalmOptions,
): Promise<readonly Pair[]> {
  return until(
    async () => {
      const fromMs = Date.now() - forMs
      if (fromMs < sinceMs) return undefined
      const pairs = await readPairs(meeting, { fromMs }, sharer)
      return isCalm(pairs) ? pairs : undefined
    },
    { what: `a calm meeting for ${forMs} ms`, timeoutMs, everyMs: CALM_EVERY_MS },
  )
}

interface CalmOptions {
  forMs: number
  /** Not before this moment. */
  sinceMs?: number
  timeoutMs: number
  sharer?: Person | undefined
}
