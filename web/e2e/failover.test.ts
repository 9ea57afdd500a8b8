// The node of a meeting dies: people are back by themselves, and keep what they had.
import assert from 'node:assert/strict'
import { after, before, test, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { CreatedRoom } from '@levee/control-plane/contract'
import type { Browser, Page } from 'playwright-core'
import { type Stack, startStack } from '../../deploy/stack/stack.ts'
import { until } from '../../deploy/stack/until.ts'
import { ensureWebBuild } from '../../deploy/stack/tools/web-build.ts'
import { openChromium } from './browser.ts'
import { readGaps, watchGaps, type Gaps } from './gaps.ts'
import { assertClean, createRoom, hears, joinByLink, placementOf, seesMoving, type Guest } from './meeting.ts'

let browser: Browser

before(async () => {
  await ensureWebBuild()
  browser = await openChromium()
})
after(() => browser?.close())

/** What the floor of a saturated machine allows; the figures are in docs/benchmarks. */
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

async function twoTalk(stack: Stack, ours: readonly string[], standby?: 'warm' | 'sound') {
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

/** What only operators may. */
async function askOperator<Body>(stack: Stack, path: string, body: object): Promise<Body> {
  const reply = await fetch(`${stack.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.operatorKey}` },
    body: JSON.stringify(body),
  })
  assert.ok(reply.ok, `${path}: ${reply.status}`)
  return (await reply.text().then((text) => (text ? JSON.parse(text) : undefined))) as Body
}

const say = async ({ page }: Guest, words: string) => {
  await page.getByLabel('Message to everyone').fill(words)
  await page.keyboard.press('Enter')
}
const texts = ({ page }: Guest) => page.getByRole('log').locator('.lk-message-body').allTextContents()

/** Sets the page's clock forward. */
const later = ({ page }: Guest, ms: number) =>
  page.evaluate((by) => {
    const now = Date.now
    Date.now = () => now() + by
  }, ms)

const line = (who: string, { picture, sound, epochs }: Gaps) =>
  `${who}: picture ${Math.round(picture.longestMs)} ms, sound ${Math.round(sound.longestMs)} ms, epochs ${epochs.join(' → ')}`

test('kill -9, never back: everybody is on another node, with hand, chat and mute as they were', async (t) => {
  await withStack(t, ['hq-1', 'hq-2'], async (stack, ours) => {
    const { ann, bob, placed, node } = await twoTalk(stack, ours)
    for (const { page } of [ann, bob]) await page.getByRole('button', { name: 'Chat' }).click()
    await say(ann, 'before')
    await bob.page.getByRole('log').getByText('before').waitFor()
    await bob.page.getByRole('button', { name: 'Raise hand' }).click()
    await ann.page.locator('[data-testid=tile][data-hand=true]', { hasText: 'Bob' }).waitFor()
    // Told by the screen reader's line only if somebody really comes or goes.
    const said = ann.page.locator('p[role=status][aria-live=polite]')
    const saidBefore = await said.textContent()
    await watchGaps(ann.page, 'Bob')
    await watchGaps(bob.page, 'Ann')

    node.livekit.kill('SIGKILL')
    await say(ann, 'while it is down')
    const moved = async ({ page }: Guest) => (await placementOf(page)).epoch > placed.epoch
    await until(async () => (await moved(ann)) && (await moved(bob)), { what: 'a new place' })
    await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
    await Promise.all([hears(ann.page, 'Bob'), hears(bob.page, 'Ann')])
    const gaps = [await readGaps(ann.page), await readGaps(bob.page)] as const
    t.diagnostic(line('Ann', gaps[0]))
    t.diagnostic(line('Bob', gaps[1]))

    assert.notEqual((await placementOf(ann.page)).node, placed.node)
    for (const { picture } of gaps) assert.ok(picture.longestMs < LONGEST_COLD_MS)
    await bob.page.getByRole('log').getByText('while it is down').waitFor()
    await say(bob, 'after')
    await ann.page.getByRole('log').getByText('after').waitFor()
    const expected = ['before', 'while it is down', 'after']
    assert.deepEqual(await texts(ann), expected)
    assert.deepEqual(await texts(bob), expected)
    await ann.page.locator('[data-testid=tile][data-hand=true]', { hasText: 'Bob' }).waitFor()
    assert.equal(await said.textContent(), saidBefore, 'nobody came or went')
    assertClean(ann, bob)
    await Promise.all([ann, bob].map(({ context }) => context.close()))
  })
})

test('muted before a crash is muted after it, and can speak again', async (t) => {
  await withStack(t, ['hq-1', 'hq-2'], async (stack, ours) => {
    const { ann, bob, placed, node } = await twoTalk(stack, ours)
    await bob.page.getByRole('button', { name: 'Microphone', exact: true }).click()
    await bob.page.getByRole('button', { name: 'Camera', exact: true }).click()
    await ann.page
      .locator('[data-testid=tile][data-muted=true][data-video=false]', { hasText: 'Bob' })
      .waitFor()
    node.livekit.kill('SIGKILL')
    await until(async () => (await placementOf(ann.page)).epoch > placed.epoch, { what: 'a new place' })
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

test('the only node is back after 5 s: so are its people, and the words were true', async (t) => {
  await withStack(t, ['hq-1'], async (stack, ours) => {
    const { ann, bob, node } = await twoTalk(stack, ours)
    node.livekit.kill('SIGKILL')
    await node.livekit.exited
    // The words, and what they promise.
    await ann.page
      .locator('[data-testid=banner][data-connection=reconnecting]', { hasText: 'nothing is sent' })
      .waitFor()
    await pause(5_000)
    // As in a meeting that has run for long: the control plane's tokens are too old by now.
    for (const guest of [ann, bob]) await later(guest, 100_000)
    await watchGaps(ann.page, 'Bob')
    await watchGaps(bob.page, 'Ann')
    await node.livekit.restart()
    const back = performance.now()
    await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
    t.diagnostic(`seen to move ${Math.round(performance.now() - back)} ms after the node answered`)
    for (const guest of [ann, bob]) {
      const gaps = await readGaps(guest.page)
      t.diagnostic(line(guest.name, gaps))
      // With the start of the node in it.
      assert.ok(gaps.picture.longestMs < LONGEST_COLD_MS)
    }
    await Promise.all([hears(ann.page, 'Bob'), hears(bob.page, 'Ann')])
    await ann.page.locator('[data-testid=banner][data-connection]').waitFor({ state: 'detached' })
    await Promise.all([ann, bob].map(({ context }) => context.close()))
  })
})

test('a node that is stopped with its people on it: they are told before, and the words go with it', async (t) => {
  const env = { LEVEE_DRAIN_DEADLINE_SEC: '6' }
  await withStack(
    t,
    ['hq-1'],
    async (stack, ours) => {
      const { ann, bob, node } = await twoTalk(stack, ours)
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

test('kill -9 with a warm standby: promoted, and nothing is said about it', async (t) => {
  await withStack(t, ['hq-1', 'hq-2', 'hq-3'], async (stack, ours) => {
    const { ann, bob, placed, node } = await twoTalk(stack, ours, 'warm')
    const standing = async ({ page }: Guest) =>
      Number(await page.getByTestId('meeting').getAttribute('data-standby', { timeout: 20_000 }))
    const epoch = await until(() => standing(ann), { what: 'Ann’s standby' })
    assert.equal(await until(() => standing(bob), { what: 'Bob’s standby' }), epoch)
    assert.ok(epoch > placed.epoch)
    assert.equal(
      await ann.page.getByTestId('meeting').getAttribute('data-socket-observed'),
      'true',
      'the SDK uses WebSocket, and tells of the tokens that the node renews',
    )
    await watchGaps(ann.page, 'Bob')
    await watchGaps(bob.page, 'Ann')
    node.livekit.kill('SIGKILL')
    const promoted = async ({ page }: Guest) => (await placementOf(page)).epoch === epoch
    await until(async () => (await promoted(ann)) && (await promoted(bob)), { what: 'the standby’s epoch' })
    await Promise.all([seesMoving(ann.page, 'Bob'), seesMoving(bob.page, 'Ann')])
    await Promise.all([hears(ann.page, 'Bob'), hears(bob.page, 'Ann')])
    const gaps = [await readGaps(ann.page), await readGaps(bob.page)] as const
    t.diagnostic(line('Ann', gaps[0]))
    t.diagnostic(line('Bob', gaps[1]))
    for (const { picture } of gaps) assert.ok(picture.longestMs < LONGEST_WARM_MS)
    for (const { doubled } of gaps) assert.equal(doubled, 0, 'no echo')
    assertClean(ann, bob)
    await Promise.all([ann, bob].map(({ context }) => context.close()))
  })
})

/** What a move makes a page do, seen from outside: the frame rates that captures were set to, and audio outputs opened. */
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

test('a drained node: people move while they talk, with the same share and every line of the chat', async (t) => {
  await withStack(t, ['hq-1', 'hq-2'], async (stack, ours) => {
    const { ann, bob, placed } = await twoTalk(stack, ours)
    await ann.page.getByRole('button', { name: 'Share screen' }).click()
    await seesMoving(bob.page, 'Ann', 'screen_share')
    for (const { page } of [ann, bob]) await page.getByRole('button', { name: 'Chat' }).click()
    await watchGaps(ann.page, 'Bob')
    const work = await watchWork(ann.page)
    const moved = async () =>
      (await placementOf(ann.page)).epoch > placed.epoch && (await placementOf(bob.page)).epoch > placed.epoch
    // A lookout for the one thing that must not be seen.
    const cut = ann.page.locator('[data-testid=banner][data-connection]').waitFor({ timeout: 60_000 })
    const quiet = cut.then(
      () => assert.fail('a move that went well was announced'),
      () => undefined,
    )
    await askOperator(stack, `/v1/nodes/${placed.node}/drain`, {})
    const lines: string[] = []
    await until(
      async () => {
        const words = `line ${lines.length}`
        lines.push(words)
        await say(lines.length % 2 === 0 ? ann : bob, words)
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
    t.diagnostic(line('Ann', gaps))
    assert.equal(gaps.doubled, 0, 'no echo')
    for (const guest of [ann, bob])
      await until(async () => (await texts(guest)).length === lines.length, {
        what: `all lines at ${guest.name}`,
      })
    for (const guest of [ann, bob]) assert.deepEqual((await texts(guest)).toSorted(), lines.toSorted())
    const { fewest, outputs } = await until(
      async () => {
        const seen = await work()
        return seen.rates.every((rate) => rate > 10) && seen
      },
      { what: 'all frames again from camera and screen' },
    )
    assert.ok(fewest <= 10, `few frames to two nodes: at least ${fewest} a second`)
    assert.equal(outputs, 1, 'audio outputs opened for it: that of the new connection')
    assertClean(ann, bob)
    await Promise.all([ann, bob].map(({ context }) => context.close()))
    await quiet
  })
})
