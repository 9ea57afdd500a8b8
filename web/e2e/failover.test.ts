// The node of a meeting dies: its participants reconnect by themselves and keep what they had.
// Runs alone: participants must recover within seconds.
import assert from 'node:assert/strict'
import { after, before, test, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { CreatedRoom } from '@levee/control-plane/contract'
import type { Browser, Page } from 'playwright-core'
import { type Stack, startStack } from '../../deploy/stack/stack.ts'
import { until } from '../../deploy/stack/until.ts'
import { ensureWebBuild } from '../../deploy/stack/tools/web-build.ts'
import { openChromium } from './support/browser.ts'
import { readGaps, watchGaps, type Gaps } from './support/media-gaps.ts'
import {
  assertClean,
  createRoom,
  hears,
  joinByLink,
  placementOf,
  seesMoving,
  type Guest,
} from './support/meeting.ts'

let browser: Browser

before(async () => {
  await ensureWebBuild()
  browser = await openChromium()
})
after(() => browser?.close())

/** Reached on a saturated machine too; docs/benchmarks has the figures of an idle one. */
const LONGEST_COLD_MS = 5_000
const LONGEST_WARM_MS = 2_500

async function withStack(
  t: TestContext,
  nodes: readonly string[],
  work: (stack: Stack, ours: string[]) => Promise<void>,
  env: Record<string, string> = {},
) {
  const agentEnv = { LEVEE_CAPACITY_TRACKS: '1000000', LEVEE_CAPACITY_CPU_CORES: '64', ...env }
  const stack = await startStack({
    nodes: nodes.map((id) => ({ id, site: 'head-office', agentEnv })),
    logLevel: 'warn',
  })
  t.after(() => stack.stop())
  await work(stack, [stack.url, ...stack.nodes.map(({ url }) => url)])
}

async function startTwoPeople(stack: Stack, ours: readonly string[], standby?: 'warm' | 'sound') {
  const { hostUrl, joinUrl } = standby
    ? await askOperator<CreatedRoom>(stack, '/v1/rooms', { standby })
    : await createRoom(stack.url)
  const ann = await joinByLink(browser, ours, hostUrl, 'Ann')
  const bob = await joinByLink(browser, ours, joinUrl, 'Bob')
  await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
  await Promise.all([hears(ann.page, 'Bob'), hears(bob.page, 'Ann')])
  const placed = await placementOf(ann.page)
  const node = stack.nodes.find(({ id }) => id === placed.node)
  assert.ok(node)
  return { ann, bob, placed, node }
}

/** A request that needs the operator key. */
async function askOperator<Body>(stack: Stack, path: string, body: object): Promise<Body> {
  const reply = await fetch(`${stack.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.operatorKey}` },
    body: JSON.stringify(body),
  })
  assert.ok(reply.ok, `${path}: ${reply.status}`)
  return (await reply.text().then((text) => (text ? JSON.parse(text) : undefined))) as Body
}

const sendChat = async ({ page }: Guest, words: string) => {
  await page.getByLabel('Message to everyone').fill(words)
  await page.keyboard.press('Enter')
}
const chatLines = ({ page }: Guest) =>
  page.getByRole('log').locator('li[data-own] [dir=auto]').allTextContents()

/** Sets the page's clock forward. */
const advanceClock = ({ page }: Guest, ms: number) =>
  page.evaluate((by) => {
    const now = Date.now
    Date.now = () => now() + by
  }, ms)

const describeGaps = (who: string, { video, sound, epochs }: Gaps) =>
  `${who}: video ${Math.round(video.longestMs)} ms, sound ${Math.round(sound.longestMs)} ms, epochs ${epochs.join(' → ')}`

test('kill -9, and the node never returns: everyone is on another node, with raised hand and chat as before', async (t) => {
  await withStack(t, ['hq-1', 'hq-2'], async (stack, ours) => {
    const { ann, bob, placed, node } = await startTwoPeople(stack, ours)
    for (const { page } of [ann, bob]) await page.getByRole('button', { name: 'Chat' }).click()
    await sendChat(ann, 'before')
    await bob.page.getByRole('log').getByText('before').waitFor()
    await bob.page.getByRole('button', { name: 'Raise hand' }).click()
    await ann.page.locator('[data-testid=tile][data-hand=true]', { hasText: 'Bob' }).waitFor()
    // Changes only when a participant really joins or leaves.
    const announcement = ann.page.locator('p[role=status][aria-live=polite]')
    const announcedBefore = await announcement.textContent()
    await watchGaps(ann.page, 'Bob')
    await watchGaps(bob.page, 'Ann')

    node.livekit.kill('SIGKILL')
    await sendChat(ann, 'while it is down')
    const moved = async ({ page }: Guest) => (await placementOf(page)).epoch > placed.epoch
    await until(async () => (await moved(ann)) && (await moved(bob)), { what: 'a new placement' })
    await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
    await Promise.all([hears(ann.page, 'Bob'), hears(bob.page, 'Ann')])
    const gaps = [await readGaps(ann.page), await readGaps(bob.page)] as const
    t.diagnostic(describeGaps('Ann', gaps[0]))
    t.diagnostic(describeGaps('Bob', gaps[1]))

    assert.notEqual((await placementOf(ann.page)).node, placed.node)
    for (const { video } of gaps) assert.ok(video.longestMs < LONGEST_COLD_MS)
    await bob.page.getByRole('log').getByText('while it is down').waitFor()
    await sendChat(bob, 'after')
    await ann.page.getByRole('log').getByText('after').waitFor()
    const expected = ['before', 'while it is down', 'after']
    assert.deepEqual(await chatLines(ann), expected)
    assert.deepEqual(await chatLines(bob), expected)
    await ann.page.locator('[data-testid=tile][data-hand=true]', { hasText: 'Bob' }).waitFor()
    assert.equal(await announcement.textContent(), announcedBefore, 'no one joined or left')
    assertClean(ann, bob)
    await Promise.all([ann, bob].map(({ context }) => context.close()))
  })
})

test('a participant muted before a crash is muted after it, and can unmute', async (t) => {
  await withStack(t, ['hq-1', 'hq-2'], async (stack, ours) => {
    const { ann, bob, placed, node } = await startTwoPeople(stack, ours)
    await bob.page.getByRole('button', { name: 'Microphone', exact: true }).click()
    await bob.page.getByRole('button', { name: 'Camera', exact: true }).click()
    await ann.page
      .locator('[data-testid=tile][data-muted=true][data-video=false]', { hasText: 'Bob' })
      .waitFor()
    node.livekit.kill('SIGKILL')
    await until(async () => (await placementOf(ann.page)).epoch > placed.epoch, { what: 'a new placement' })
    await seesMoving(bob.page, 'Ann')
    await ann.page
      .locator('[data-testid=tile][data-muted=true][data-video=false]', { hasText: 'Bob' })
      .waitFor()
    assert.equal(await bob.page.locator('[data-action=toggleMicrophone]').getAttribute('data-state'), 'off')
    await bob.page.getByRole('button', { name: 'Microphone', exact: true }).click()
    await bob.page.getByRole('button', { name: 'Camera', exact: true }).click()
    await hears(ann.page, 'Bob')
    await seesMoving(ann.page, 'Bob')
    await Promise.all([ann, bob].map(({ context }) => context.close()))
  })
})

test('the only node is back after 5 s: so are its participants, and what the page said was true', async (t) => {
  await withStack(t, ['hq-1'], async (stack, ours) => {
    const { ann, bob, node } = await startTwoPeople(stack, ours)
    node.livekit.kill('SIGKILL')
    await node.livekit.exited
    // The banner says that nothing is sent meanwhile.
    await ann.page
      .locator('[data-testid=banner][data-connection=reconnecting]', { hasText: 'nothing is sent' })
      .waitFor()
    await pause(5_000)
    // As in a long meeting, in which the tokens of the control plane have expired.
    for (const guest of [ann, bob]) await advanceClock(guest, 100_000)
    await watchGaps(ann.page, 'Bob')
    await watchGaps(bob.page, 'Ann')
    await node.livekit.restart()
    const backAtMs = performance.now()
    await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
    t.diagnostic(`video moves ${Math.round(performance.now() - backAtMs)} ms after the node's return`)
    for (const guest of [ann, bob]) {
      const gaps = await readGaps(guest.page)
      t.diagnostic(describeGaps(guest.name, gaps))
      // Includes the start of the node.
      assert.ok(gaps.video.longestMs < LONGEST_COLD_MS)
    }
    await Promise.all([hears(ann.page, 'Bob'), hears(bob.page, 'Ann')])
    await ann.page.locator('[data-testid=banner][data-connection]').waitFor({ state: 'detached' })
    await Promise.all([ann, bob].map(({ context }) => context.close()))
  })
})

test('a node that is stopped with participants on it: a banner warns them before, and disappears with the node', async (t) => {
  const env = { LEVEE_DRAIN_DEADLINE_SEC: '6' }
  await withStack(
    t,
    ['hq-1'],
    async (stack, ours) => {
      const { ann, bob, node } = await startTwoPeople(stack, ours)
      const notice = ann.page.locator('[data-testid=banner][data-stopping=hq-1]', {
        hasText: 'about to stop',
      })
      assert.equal(await notice.count(), 0)
      node.agent.kill('SIGTERM')
      await notice.waitFor()
      await node.agent.exited
      await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
      node.livekit.kill('SIGKILL')
      await ann.page.locator('[data-testid=banner][data-connection=reconnecting]').waitFor()
      assert.equal(await notice.count(), 0)
      await Promise.all([node.livekit.restart(), node.agent.restart()])
      await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
      await ann.page.locator('[data-testid=banner]').waitFor({ state: 'detached' })
      await Promise.all([ann, bob].map(({ context }) => context.close()))
    },
    env,
  )
})

test('kill -9 with a warm standby: it is promoted without a banner', async (t) => {
  await withStack(t, ['hq-1', 'hq-2', 'hq-3'], async (stack, ours) => {
    const { ann, bob, placed, node } = await startTwoPeople(stack, ours, 'warm')
    const standbyOf = async ({ page }: Guest) =>
      Number(await page.getByTestId('meeting').getAttribute('data-standby', { timeout: 20_000 }))
    const epoch = await until(() => standbyOf(ann), { what: 'Ann’s standby' })
    assert.equal(await until(() => standbyOf(bob), { what: 'Bob’s standby' }), epoch)
    assert.ok(epoch > placed.epoch)
    assert.equal(
      await ann.page.getByTestId('meeting').getAttribute('data-socket-observed'),
      'true',
      'the SDK uses a WebSocket in which the page sees the tokens that the node refreshes',
    )
    await watchGaps(ann.page, 'Bob')
    await watchGaps(bob.page, 'Ann')
    node.livekit.kill('SIGKILL')
    const promoted = async ({ page }: Guest) => (await placementOf(page)).epoch === epoch
    await until(async () => (await promoted(ann)) && (await promoted(bob)), { what: 'the standby’s epoch' })
    await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
    await Promise.all([hears(ann.page, 'Bob'), hears(bob.page, 'Ann')])
    const gaps = [await readGaps(ann.page), await readGaps(bob.page)] as const
    t.diagnostic(describeGaps('Ann', gaps[0]))
    t.diagnostic(describeGaps('Bob', gaps[1]))
    for (const { video } of gaps) assert.ok(video.longestMs < LONGEST_WARM_MS)
    for (const { doubled } of gaps) assert.equal(doubled, 0, 'no echo')
    assertClean(ann, bob)
    await Promise.all([ann, bob].map(({ context }) => context.close()))
  })
})

/** Records the frame rates that captures are set to and the audio outputs that are opened. */
async function watchWork(page: Page) {
  const seen = await page.evaluateHandle(() => {
    const work = { tracks: new Set<MediaStreamTrack>(), fewest: Number.POSITIVE_INFINITY, outputs: 0 }
    const apply = MediaStreamTrack.prototype.applyConstraints
    MediaStreamTrack.prototype.applyConstraints = async function (constraints) {
      await apply.call(this, constraints)
      work.tracks.add(this)
      work.fewest = Math.min(work.fewest, this.getSettings().frameRate ?? work.fewest)
    }
    window.AudioContext = class extends AudioContext {
      constructor(options?: AudioContextOptions) {
        super(options)
        work.outputs++
      }
    }
    return work
  })
  return () =>
    seen.evaluate(({ tracks, fewest, outputs }) => {
      const live = [...tracks].filter(({ readyState }) => readyState === 'live')
      return { rates: live.map((track) => track.getSettings().frameRate ?? 0), fewest, outputs }
    })
}

test('a drained node: participants move while they talk, with the screen share and every chat line', async (t) => {
  await withStack(t, ['hq-1', 'hq-2'], async (stack, ours) => {
    const { ann, bob, placed } = await startTwoPeople(stack, ours)
    await ann.page.getByRole('button', { name: 'Share screen' }).click()
    await seesMoving(bob.page, 'Ann', 'screen_share')
    for (const { page } of [ann, bob]) await page.getByRole('button', { name: 'Chat' }).click()
    await watchGaps(ann.page, 'Bob')
    const work = await watchWork(ann.page)
    const moved = async () =>
      (await placementOf(ann.page)).epoch > placed.epoch && (await placementOf(bob.page)).epoch > placed.epoch
    // Fails when the page announces the move.
    const banner = ann.page.locator('[data-testid=banner][data-connection]').waitFor({ timeout: 60_000 })
    const silentMove = banner.then(
      () => assert.fail('a move that went well was announced'),
      () => undefined,
    )
    await askOperator(stack, `/v1/nodes/${placed.node}/drain`, {})
    const lines: string[] = []
    await until(
      async () => {
        const words = `line ${lines.length}`
        lines.push(words)
        await sendChat(lines.length % 2 === 0 ? ann : bob, words)
        return moved()
      },
      { what: 'the move', everyMs: 200 },
    )
    await seesMoving(bob.page, 'Ann', 'screen_share')
    await seesMoving(ann.page, 'Bob')
    await bob.page
      .locator(`[data-testid=tile][data-source=screen_share]:not([data-epoch="${placed.epoch}"])`)
      .waitFor()
    const gaps = await readGaps(ann.page)
    t.diagnostic(describeGaps('Ann', gaps))
    assert.equal(gaps.doubled, 0, 'no echo')
    for (const guest of [ann, bob])
      await until(async () => (await chatLines(guest)).length === lines.length, {
        what: `all lines on ${guest.name}’s page`,
      })
    for (const guest of [ann, bob]) assert.deepEqual((await chatLines(guest)).toSorted(), lines.toSorted())
    const { fewest, outputs } = await until(
      async () => {
        const seen = await work()
        return seen.rates.every((rate) => rate > 10) && seen
      },
      { what: 'camera and screen are back at their full frame rate' },
    )
    assert.ok(fewest <= 10, `while it sends to two nodes, the lowest rate was ${fewest} frames per second`)
    assert.equal(outputs, 1, 'one audio output is opened, for the new connection')
    assertClean(ann, bob)
    await Promise.all([ann, bob].map(({ context }) => context.close()))
    await silentMove
  })
})
