// A running meeting needs neither Redis nor the control plane, and a dead node gets no new rooms.
// Runs alone: participants must recover within seconds.
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { type Stack, startStack } from '../../deploy/stack/stack.ts'
import { until } from '../../deploy/stack/until.ts'
import { ensureWebBuild } from '../../deploy/stack/tools/web-build.ts'
import { newVisitor, openChromium } from './support/browser.ts'
import {
  assertClean,
  createRoom,
  framesDecoded,
  hears,
  joinByLink,
  joinOverHttp,
  placementOf,
  seesMoving,
} from './support/meeting.ts'

let stack: Stack
let browser: Browser
let ours: string[]

/** Many rooms are reserved here that no one joins: no node may refuse because of them. */
const agentEnv = { LEVEE_CAPACITY_TRACKS: '1000000', LEVEE_CAPACITY_CPU_CORES: '64' }
const NODES = [
  { id: 'hq-1', site: 'head-office', agentEnv },
  { id: 'branch-1', site: 'branch', agentEnv },
]

before(async () => {
  await ensureWebBuild()
  stack = await startStack({ nodes: NODES, logLevel: 'warn' })
  ours = [stack.url, ...stack.nodes.map(({ url }) => url)]
  browser = await openChromium()
})
after(async () => {
  await browser?.close()
  await stack?.stop()
})
beforeEach(() => until(async () => (await joinNewRoom()).status === 200, { what: 'joins work' }))

async function joinNewRoom() {
  const { room } = await createRoom(stack.url)
  return joinOver(room)
}

const joinOver = (room: string) => joinOverHttp(stack.url, room)

const nodeOf = (id: string) => {
  const node = stack.nodes.find((candidate) => candidate.id === id)
  assert.ok(node, `no node ${id}`)
  return node
}

test('LiveKit killed with kill -9: no new room is placed there after 1 s; restarted, it serves again', async (t) => {
  const { livekit } = nodeOf('branch-1')
  const diedAtMs = performance.now()
  livekit.kill('SIGKILL')
  await livekit.exited
  const refused: string[] = []
  let lastPlacedMs = 0
  while (performance.now() - diedAtMs < 4_000) {
    const { status, node } = await joinNewRoom()
    const afterMs = performance.now() - diedAtMs
    if (status !== 200) refused.push(`${status} after ${Math.round(afterMs)} ms`)
    if (node === 'branch-1') lastPlacedMs = afterMs
  }
  t.diagnostic(`last room placed on the dead node ${Math.round(lastPlacedMs)} ms after its end`)
  assert.ok(lastPlacedMs < 1_000, `a room was placed there ${Math.round(lastPlacedMs)} ms after its end`)
  assert.deepEqual(refused, [], 'the other node takes every room')

  await livekit.restart()
  const { joinUrl } = await until(
    async () => {
      const room = await createRoom(stack.url)
      return (await joinOver(room.room)).node === 'branch-1' ? room : undefined
    },
    { what: 'a room on the restarted node', everyMs: 100 },
  )
  const ann = await joinByLink(browser, ours, joinUrl, 'Ann')
  const bob = await joinByLink(browser, ours, joinUrl, 'Bob')
  assert.equal((await placementOf(ann.page)).node, 'branch-1')
  await seesMoving(ann.page, 'Bob')
  await Promise.all([ann.context.close(), bob.context.close()])
})

/** Until `away` is over. Gives the longest time without a new frame, in ms, for each page. */
async function longestGaps(pages: readonly Parameters<typeof framesDecoded>[0][], away: Promise<unknown>) {
  let over = false
  void away.finally(() => (over = true))
  const seen = await Promise.all(pages.map(framesDecoded))
  const gaps = pages.map(() => ({ since: performance.now(), longestMs: 0 }))
  while (!over) {
    for (const [i, page] of pages.entries()) {
      const frames = await framesDecoded(page)
      const gap = gaps[i]
      assert.ok(gap)
      gap.longestMs = Math.max(gap.longestMs, performance.now() - gap.since)
      if (frames > (seen[i] ?? 0)) {
        gap.since = performance.now()
        seen[i] = frames
      }
    }
  }
  await away
  return gaps.map(({ longestMs }) => longestMs)
}

/** Far above a pause of the decoder on a busy machine, far below the 10 s for which a dependent meeting would freeze. */
const LONGEST_GAP_MS = 3_000
/** Impatient clicks, but not so many that they take the CPU from the video. */
const CLICK_EVERY_MS = 100

test('Redis down for 10 s: people keep talking, joins get 503 with Retry-After and work within 2 s of its return', async (t) => {
  const { room, joinUrl } = await createRoom(stack.url, { title: 'Kept' })
  const ann = await joinByLink(browser, ours, joinUrl, 'Ann')
  const bob = await joinByLink(browser, ours, joinUrl, 'Bob')
  await seesMoving(ann.page, 'Bob')
  await seesMoving(bob.page, 'Ann')
  const placed = await placementOf(ann.page)
  await stack.redis.stop()
  let refusals = 0
  const away = (async () => {
    for (const end = performance.now() + 10_000; performance.now() < end;) {
      const refused = await joinOver(room)
      assert.equal(refused.status, 503, JSON.stringify(refused))
      assert.equal(refused.code, 'store_unavailable')
      assert.ok(Number(refused.retryAfter) >= 1)
      refusals++
      await pause(CLICK_EVERY_MS)
    }
  })()
  const gaps = await longestGaps([ann.page, bob.page], away)
  await hears(ann.page, 'Bob')
  await stack.redis.restart()
  const backAtMs = performance.now()
  const again = await until(
    async () => {
      const answer = await joinOver(room)
      return answer.status === 200 ? answer : undefined
    },
    { what: 'a join after the return of Redis', timeoutMs: 2_000 },
  )
  t.diagnostic(
    `${refusals} joins refused; longest gap between frames ${Math.round(Math.max(...gaps))} ms; back ${Math.round(performance.now() - backAtMs)} ms after Redis`,
  )
  assert.ok(Math.max(...gaps) < LONGEST_GAP_MS, `gaps of ${gaps.map(Math.round).join(' and ')} ms`)
  assert.deepEqual({ node: again.node, epoch: again.epoch }, placed)
  assert.equal(again.title, 'Kept')
  await seesMoving(ann.page, 'Bob')
  assertClean(ann, bob)
  await Promise.all([ann.context.close(), bob.context.close()])
})

test('control plane down for 10 s: people keep talking; a newcomer is asked to wait and gets in when it is back', async (t) => {
  const { joinUrl } = await createRoom(stack.url)
  const ann = await joinByLink(browser, ours, joinUrl, 'Ann')
  const bob = await joinByLink(browser, ours, joinUrl, 'Bob')
  await seesMoving(ann.page, 'Bob')
  await seesMoving(bob.page, 'Ann')
  const [controlPlane] = stack.controlPlanes
  assert.ok(controlPlane)
  // A third person has the page open and clicks Join while the control plane is down. The code of the meeting has not
  // loaded by then.
  const cem = await newcomer(joinUrl, MEETING_CODE)
  await controlPlane.stop()
  await cem.page.getByRole('button', { name: 'Join', exact: true }).click()
  await cem.page.locator('[data-problem=unreachable]').waitFor()
  const gaps = await longestGaps([ann.page, bob.page], pause(10_000))
  await cem.page.unroute(MEETING_CODE)
  await controlPlane.restart()
  await cem.page.locator('[data-testid=meeting][data-connection=connected]').waitFor()
  await seesMoving(cem.page, 'Ann')
  t.diagnostic(`longest gap between frames ${Math.round(Math.max(...gaps))} ms`)
  assert.ok(Math.max(...gaps) < LONGEST_GAP_MS, `gaps of ${gaps.map(Math.round).join(' and ')} ms`)
  await Promise.all([ann, bob, cem].map(({ context }) => context.close()))
})

const MEETING_CODE = /\/assets\/MeetingPage-[^/]*\.js$/

async function newcomer(link: string, blocked?: RegExp) {
  const visitor = await newVisitor(browser, ours)
  if (blocked) await visitor.page.route(blocked, (route) => route.abort())
  await visitor.page.goto(link)
  await visitor.page.getByLabel('Your name').fill('Cem')
  await visitor.page.locator('[data-camera=on]').waitFor()
  return visitor
}
