// A meeting as a participant uses it: pages are found by their texts, participants by their tiles.
import assert from 'node:assert/strict'
import type { CreatedRoom, JoinAnswer, Problem } from '@levee/control-plane/contract'
import type { Browser, Page } from 'playwright-core'
import { until } from '../../../deploy/stack/until.ts'
import { newVisitor, type Look, type Visitor } from './browser.ts'

export async function createRoom(url: string, body: object = {}): Promise<CreatedRoom> {
  const reply = await fetch(`${url}/v1/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.equal(reply.status, 201)
  return (await reply.json()) as CreatedRoom
}

/** Joins without a browser and gives the response of the control plane. */
export async function joinOverHttp(url: string, room: string) {
  const reply = await fetch(`${url}/v1/rooms/${room}/join`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Dan' }),
  })
  const body = (await reply.json()) as JoinAnswer & Problem
  return { ...body, status: reply.status, retryAfter: reply.headers.get('retry-after') }
}

export interface Guest extends Visitor {
  name: string
}

/** Opens the link, types a name and clicks Join. Resolves when the page is connected to the node. */
export async function joinByLink(
  browser: Browser,
  ours: readonly string[],
  link: string,
  name: string,
  look: Look = {},
): Promise<Guest> {
  const visitor = await newVisitor(browser, ours, look)
  const { page } = visitor
  await page.goto(link)
  await page.getByLabel('Your name').fill(name)
  // Devices first: a person looks at the picture before the click.
  await page.locator('[data-camera=on][data-microphone=on]').waitFor()
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await connected(page)
  return { ...visitor, name }
}

export function connected(page: Page, timeoutMs = 20_000): Promise<void> {
  return page.locator('[data-testid=meeting][data-connection=connected]').waitFor({ timeout: timeoutMs })
}

/** The node and the epoch that the page is connected to. */
export async function placementOf(page: Page): Promise<{ node: string; epoch: number }> {
  const meeting = page.getByTestId('meeting')
  return {
    node: (await meeting.getAttribute('data-node')) ?? '',
    epoch: Number(await meeting.getAttribute('data-epoch')),
  }
}

type Source = 'camera' | 'screen_share'

/** Decoded frames and a hash of the pixels of a participant's video; undefined while there is none. */
async function videoOf(page: Page, name: string, source: Source) {
  const title = source === 'camera' ? name : `${name}’s screen`
  const video = page.getByRole('group', { name: title, exact: true }).locator('video[data-front=true]')
  if ((await video.count()) === 0) return undefined
  return video.evaluate((element: HTMLVideoElement) => {
    const { videoWidth } = element
    if (videoWidth === 0) return undefined
    const canvas = document.createElement('canvas')
    canvas.width = 64
    canvas.height = 36
    const context = canvas.getContext('2d')
    if (!context) return undefined
    context.drawImage(element, 0, 0, canvas.width, canvas.height)
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    let hash = 0
    for (const byte of data) hash = (Math.imul(hash, 31) + byte) | 0
    return { frames: element.getVideoPlaybackQuality().totalVideoFrames, hash, width: videoWidth }
  })
}

/** Waits until decoded frames rise and pixels change. Gives the width of the video in pixels. */
export async function seesMoving(
  page: Page,
  name: string,
  source: Source = 'camera',
  timeoutMs = 20_000,
): Promise<number> {
  const first = await until(() => videoOf(page, name, source), {
    what: `the first frame of ${name}’s ${source}`,
    timeoutMs,
  })
  const later = await until(
    async () => {
      const now = await videoOf(page, name, source)
      return now && now.frames >= first.frames + 5 && now.hash !== first.hash ? now : undefined
    },
    { what: `movement in ${name}’s ${source}`, timeoutMs },
  )
  return later.width
}

/** Waits until an audio element plays sound of this participant. Gives the level, 0–1. */
export async function hears(page: Page, name: string): Promise<number> {
  const tile = page.getByRole('group', { name, exact: true })
  const identity = await tile.getAttribute('data-identity')
  return until(() => page.evaluate(loudnessOf, identity ?? ''), { what: `sound of ${name}`, everyMs: 50 })
}

/** In the page: the level of the RTP stream that the participant's audio element plays, 0–1. */
async function loudnessOf(identity: string): Promise<number> {
  const element = [...document.querySelectorAll<HTMLAudioElement>('audio')].find(
    ({ dataset }) => dataset['identity'] === identity && dataset['source'] === 'microphone',
  )
  const stream = element?.srcObject
  if (!element || element.paused || element.muted || !(stream instanceof MediaStream)) return 0
  const [track] = stream.getAudioTracks()
  if (!track) return 0
  for (const peer of window.levee_peers) {
    const receiver = peer.getReceivers().find((candidate) => candidate.track.id === track.id)
    if (!receiver) continue
    for (const report of (await receiver.getStats()).values()) {
      const { type, audioLevel } = report as { type: string; audioLevel?: number }
      if (type === 'inbound-rtp' && audioLevel !== undefined) return audioLevel
    }
  }
  return 0
}

/** Frames decoded so far, summed over all participants that the page sees. */
export function framesDecoded(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let frames = 0
    for (const peer of window.levee_peers) {
      if (peer.connectionState === 'closed') continue
      for (const report of (await peer.getStats()).values()) {
        const {
          type,
          kind,
          framesDecoded = 0,
        } = report as { type: string; kind?: string; framesDecoded?: number }
        if (type === 'inbound-rtp' && kind === 'video') frames += framesDecoded
      }
    }
    return frames
  })
}

/** Addresses of all STUN and TURN servers that the page was given. */
export function iceServers(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    window.levee_peers
      .flatMap((peer) => peer.getConfiguration().iceServers ?? [])
      .flatMap(({ urls }) => urls),
  )
}

export function assertClean(...visitors: readonly Visitor[]): void {
  for (const { watch } of visitors) {
    assert.deepEqual(watch.foreign, [], 'nothing is fetched from another origin')
    assert.deepEqual(watch.faults, [], 'no error and no CSP violation on the page')
  }
}
