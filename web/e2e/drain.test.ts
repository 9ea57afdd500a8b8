// An operator drains a node. The two nodes exist by their reports alone: the test decides what runs on them and when
// people have left. Everything else is real.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Problem } from '@levee/control-plane/contract'
import type { Browser, Locator } from 'playwright-core'
import { type Stack, startStack } from '../../deploy/stack/stack.ts'
import { until } from '../../deploy/stack/until.ts'
import { ensureWebBuild } from '../../deploy/stack/tools/web-build.ts'
import { violations } from './support/accessibility.ts'
import { openChromium, type Look } from './support/browser.ts'
import { assertClean, createRoom, joinOverHttp } from './support/meeting.ts'
import { commandNode, openOps, viewNode, type Operator } from './support/operator.ts'
import { IDLE, startReportedNode, type ReportedNode } from './support/reported-node.ts'

const SITE = 'head-office'

let stack: Stack
let browser: Browser
let first: ReportedNode
let second: ReportedNode

before(async () => {
  await ensureWebBuild()
  stack = await startStack({ nodes: [] })
  first = await startReportedNode(stack, 'hq-1', SITE)
  second = await startReportedNode(stack, 'hq-2', SITE)
  browser = await openChromium()
})
after(async () => {
  await browser?.close()
  await first?.stop()
  await second?.stop()
  await stack?.stop()
})
beforeEach(async () => {
  for (const node of [first, second]) {
    await node.report(IDLE)
    await commandNode(stack, node.id, 'uncordon')
  }
})

/** Starts meetings with people in them, all on the first node. Gives LiveKit's names of the rooms. */
async function startMeetings(count: number): Promise<string[]> {
  await commandNode(stack, second.id, 'cordon')
  const names: string[] = []
  for (let i = 0; i < count; i++) {
    const { room } = await createRoom(stack.url)
    const joined = await until(
      async () => {
        const answer = await joinOverHttp(stack.url, room)
        return answer.status === 200 && answer
      },
      { what: 'a place', everyMs: 100 },
    )
    assert.equal(joined.node, first.id)
    names.push(joined.roomName)
  }
  await first.report({ rooms: names })
  await commandNode(stack, second.id, 'uncordon')
  return names
}

/** The page with the row of the first node. */
async function openFleet(look: Look = {}, path = '/ops'): Promise<Operator & { row: Locator }> {
  const ops = await openOps(browser, stack, { look, path })
  const row = ops.page.locator(`[data-node=${first.id}]`)
  await row.waitFor()
  return { ...ops, row }
}

const button = (name: string) => ['button', { name, exact: true }] as const

describe('a drain that fits', () => {
  test('by keyboard: the consequences, the progress, empty, and cancelled', async () => {
    const names = await startMeetings(3)
    const ops = await openFleet()
    const { page, row, dialog, hears } = ops
    await row.getByText('6 people').waitFor()
    await page.getByRole(...button('Drain hq-1')).focus()
    await page.keyboard.press('Enter')
    await dialog.getByText('Running on it now: 3 meetings, 6 people.').waitFor()
    await dialog.getByText('No one has to rejoin.').waitFor()
    await dialog.getByText('you can cancel the drain').waitFor()
    assert.deepEqual(await violations(page), [])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.locator(':focus').getByText('Drain').waitFor()
    assert.equal((await viewNode(stack, first.id)).state, 'serving', 'Escape changes nothing')

    await page.keyboard.press('Enter')
    await dialog.getByRole(...button('Drain node')).focus()
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    // The button that undoes the drain is in the place of the pressed one.
    await page.locator(':focus').getByText('Cancel drain').waitFor()
    await hears('hq-1 is draining.')
    await row.getByText('All meetings moved, 6 people still connected').waitFor()
    await row.getByText(/^Should be empty within/).waitFor()
    assert.deepEqual((await first.report({})).moved.toSorted(), names.toSorted())
    assert.deepEqual(await violations(page), [])

    await first.report({ rooms: names.slice(0, 1) })
    await row.getByText('All meetings moved, 2 people still connected').waitFor()
    await first.report({ rooms: [] })
    await row.getByText('Empty. You can stop this node.').waitFor()
    await row.getByText('Drained', { exact: true }).waitFor()
    await hears('hq-1 is empty. You can stop it.')

    await page.keyboard.press('Enter')
    await dialog.getByRole('heading', { name: 'Cancel the drain of hq-1?' }).waitFor()
    await dialog.getByRole(...button('Cancel drain')).focus()
    await page.keyboard.press('Enter')
    await row.getByText('Serving', { exact: true }).waitFor()
    await page.locator(':focus').getByText('Cordon').waitFor()
    assert.equal((await viewNode(stack, first.id)).drain, null)
    assertClean(ops)
    await ops.context.close()
  })

  test('a node that is stopped when it is empty is no alarm', async () => {
    const ops = await openFleet({ phone: true, dark: true })
    await commandNode(stack, first.id, 'drain')
    await ops.row.getByText('Empty. You can stop this node.').waitFor()
    assert.deepEqual(await violations(ops.page), [])
    await first.stop()
    await ops.row.getByText('Stopped', { exact: true }).waitFor({ timeout: 20_000 })
    await ops.row.getByText('To use it again, start it and cancel the drain.').waitFor()
    assert.deepEqual(await violations(ops.page), [])
    first = await startReportedNode(stack, 'hq-1', SITE)
    await ops.row.getByText('Empty. You can stop this node.').waitFor()
    await ops.context.close()
  })

  test('a node whose agent received a stop signal is shown as shutting down, without commands', async () => {
    const names = await startMeetings(2)
    const ops = await openFleet({}, '/ops?site=head-office')
    await first.report({ leavingSec: 60 })
    await ops.row
      .getByText('Its agent received a stop signal. Its meetings are moving to other nodes.')
      .waitFor()
    await ops.hears('hq-1 is shutting down.')
    assert.equal(await ops.row.getByRole('button').count(), 0)
    await ops.row.getByText('All meetings moved, 4 people still connected').waitFor()
    assert.equal((await first.report({})).moved.length, names.length)
    await first.report({ rooms: [] })
    await ops.row.getByText('Empty. The node is about to stop.').waitFor()
    assert.deepEqual(await violations(ops.page), [])
    await first.report({ leavingSec: undefined })
    await ops.row.getByText('Serving', { exact: true }).waitFor()
    assertClean(ops)
    await ops.context.close()
  })
})

describe('a drain that does not fit', () => {
  /** Room for one meeting of three. */
  const FULL = { otherTracks: 780 }

  /** Gives the response that the page got: what is free changes while reservations expire. */
  async function drainRefused({ page, dialog }: Operator): Promise<Problem> {
    await page.getByRole(...button('Drain hq-1')).click()
    const answer = page.waitForResponse((reply) => reply.url().endsWith(`/nodes/${first.id}/drain`))
    await dialog.getByRole(...button('Drain node')).click()
    await dialog.getByRole('alert').getByText('Not enough room on the other nodes').waitFor()
    return (await (await answer).json()) as Problem
  }

  test('says what is missing before anything happens; forced, it moves what fits and the rest when there is room', async () => {
    const names = await startMeetings(3)
    await second.report(FULL)
    const ops = await openFleet()
    const { page, row, dialog, hears } = ops
    const { needTracks, freeTracks } = await drainRefused(ops)
    assert.ok(needTracks !== undefined && freeTracks !== undefined)
    await dialog.getByText(`${needTracks} tracks`, { exact: true }).waitFor()
    await dialog.getByText(`${freeTracks} tracks`, { exact: true }).waitFor()
    assert.deepEqual(await violations(page), [])
    // A second Enter that was meant for the first question forces nothing.
    await page.locator(':focus').getByText('Cancel').waitFor()
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    assert.equal((await viewNode(stack, first.id)).state, 'serving')
    assert.equal(await page.getByText('couldn’t be drained').count(), 0)

    await drainRefused(ops)
    await dialog.getByText(/The rest keep running on hq-1/).waitFor()
    await dialog.getByRole(...button('Drain anyway')).click()
    await dialog.waitFor({ state: 'detached' })
    await row.getByText('1 of 3 meetings moved, 6 people still connected').waitFor()
    const bar = row.locator('[data-progress] span')
    await until(
      () =>
        bar.evaluate((done) => {
          const share = done.getBoundingClientRect().width / done.parentElement!.getBoundingClientRect().width
          return Math.abs(share - 1 / 3) < 0.01
        }),
      { what: 'a third of the bar' },
    )
    await page.goto(`${stack.url}/ops?site=head-office`)
    await row.getByText('1 of 3 meetings moved').waitFor()

    // The planned time is made short: after it the page says why the drain takes longer.
    await commandNode(stack, first.id, 'drain', { withinSec: 5, force: true })
    await row.getByText('Taking longer than planned: the other nodes are full.').waitFor()
    await hears('The drain of hq-1 is taking longer than planned: the other nodes are full.')
    assert.deepEqual(await violations(page), [])

    await second.report({ otherTracks: 0 })
    await row.getByText('All meetings moved, 6 people still connected').waitFor()
    await row.getByText('Taking longer than planned: some browsers haven’t switched over yet.').waitFor()
    assert.equal((await first.report({})).moved.length, names.length)
    await first.report({ rooms: [] })
    await row.getByText('Empty. You can stop this node.').waitFor()
    assertClean(ops)
    await ops.context.close()
  })

  for (const [name, look] of Object.entries({
    'phone, light': { phone: true },
    'desktop, dark': { dark: true },
  } satisfies Record<string, Look>))
    test(`no axe violation in the refusal (${name})`, async () => {
      await startMeetings(2)
      await second.report(FULL)
      const ops = await openFleet(look)
      await drainRefused(ops)
      assert.deepEqual(await violations(ops.page), [])
      await ops.dialog.getByRole(...button('Cancel')).click()
      await ops.dialog.waitFor({ state: 'detached' })
      await ops.context.close()
    })

  test('when the control plane does not respond, the dialog says so and tries again', async () => {
    const ops = await openFleet()
    await ops.page.route('**/drain', (route) => route.abort(), { times: 1 })
    await ops.page.getByRole(...button('Drain hq-1')).click()
    await ops.dialog.getByRole(...button('Drain node')).click()
    await ops.dialog.locator('[data-problem=unreachable]').waitFor()
    await ops.dialog.getByRole('button', { name: 'Try now' }).click()
    await ops.dialog.waitFor({ state: 'detached' })
    await ops.row.getByText('Empty. You can stop this node.').waitFor()
    await ops.context.close()
  })

  test('a refusal that arrives after the dialog was closed is still shown', async () => {
    await startMeetings(2)
    await second.report(FULL)
    const ops = await openFleet()
    const closed = Promise.withResolvers<void>()
    await ops.page.route('**/drain', async (route) => {
      await closed.promise
      await route.continue()
    })
    await ops.page.getByRole(...button('Drain hq-1')).click()
    await ops.dialog.getByRole(...button('Drain node')).click()
    await ops.dialog.getByRole(...button('Close')).click()
    await ops.dialog.waitFor({ state: 'detached' })
    await ops.row.getByText('Starting the drain…').waitFor()
    closed.resolve()
    await ops.page.getByText('hq-1 couldn’t be drained.').waitFor()
    await ops.page
      .getByRole('alert')
      .getByText('The other nodes don’t have room for these meetings')
      .waitFor()
    await ops.context.close()
  })
})
