// People in real browsers, joined by link through the real stack.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { StackView } from '../../deploy/stack/shared.ts'
import { until } from '../../deploy/stack/until.ts'
import { shared } from './shared-stack.ts'
import { openChromium } from './support/browser.ts'
import {
  assertClean,
  createRoom,
  type Guest,
  hears,
  iceServers,
  joinByLink,
  joinOverHttp,
  placementOf,
  seesMoving,
} from './support/meeting.ts'

let stack: StackView
let browser: Browser
let ours: string[]

before(async () => {
  stack = await shared.open()
  ours = [...stack.urls, ...stack.nodes.map(({ url }) => url)]
  browser = await openChromium()
})
after(async () => {
  await browser?.close()
  await shared.close()
})

const leave = (...guests: Guest[]) => Promise.all(guests.map(({ context }) => context.close()))

/** Counts how often this page formats a time, which it does for each chat line that it draws. */
async function countDrawnLines(page: Page): Promise<() => Promise<number>> {
  const count = await page.evaluateHandle(() => {
    const drawn = { times: 0 }
    const { get } = Object.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format') ?? {}
    // A line that is drawn again with the same text leaves no other trace. Only this page is patched.
    Object.defineProperty(Intl.DateTimeFormat.prototype, 'format', {
      get(this: Intl.DateTimeFormat) {
        drawn.times++
        return get?.call(this) as unknown
      },
    })
    return drawn
  })
  return () => count.evaluate(({ times }) => times)
}

test('two people see each other move and hear each other; a third gets the same node; a share arrives', async (t) => {
  const { joinUrl, hostUrl, room } = await createRoom(stack.url, { title: 'Monday round' })
  const ann = await joinByLink(browser, ours, hostUrl, 'Ann')
  const bob = await joinByLink(browser, ours, joinUrl, 'Bob')

  await t.test('video moves both ways', async () => {
    await seesMoving(ann.page, 'Bob')
    await seesMoving(bob.page, 'Ann')
  })
  await t.test('sound arrives both ways', async () => {
    assert.ok((await hears(ann.page, 'Bob')) > 0)
    assert.ok((await hears(bob.page, 'Ann')) > 0)
  })
  const cem = await joinByLink(browser, ours, joinUrl, 'Cem', { phone: true })
  await t.test('a third person, also through the other replica, gets the same node and epoch', async () => {
    const placed = await placementOf(ann.page)
    assert.deepEqual(await placementOf(cem.page), placed)
    const { node, epoch } = await joinOverHttp(stack.urls[1] ?? '', room)
    assert.deepEqual({ node, epoch }, placed)
    await seesMoving(cem.page, 'Ann')
    await seesMoving(ann.page, 'Cem')
  })
  await t.test('a screen share arrives, large enough to read', async () => {
    await ann.page.getByRole('button', { name: 'Share screen' }).click()
    const width = await seesMoving(bob.page, 'Ann', 'screen_share')
    assert.ok(width >= 640, `only ${width} pixels wide`)
    await ann.page.getByRole('button', { name: 'Stop sharing' }).click()
    await bob.page.getByRole('group', { name: 'Ann’s screen' }).waitFor({ state: 'detached' })
  })
  await t.test('muting is seen and is silent', async () => {
    await bob.page.getByRole('button', { name: 'Microphone', exact: true }).click()
    await ann.page.locator('[data-testid=tile][data-muted=true]', { hasText: 'Bob' }).waitFor()
    await bob.page.getByRole('button', { name: 'Microphone', exact: true }).click()
    await ann.page.locator('[data-testid=tile][data-muted=false]', { hasText: 'Bob' }).waitFor()
    await hears(ann.page, 'Bob')
  })
  await t.test('chat reaches everyone', async () => {
    await ann.page.getByRole('button', { name: 'Chat' }).click()
    await ann.page.getByLabel('Message to everyone').fill('Numbers are in')
    await ann.page.keyboard.press('Enter')
    await bob.page.getByRole('button', { name: 'Chat, 1 unread' }).click()
    await bob.page.getByRole('log').getByText('Numbers are in').waitFor()
  })
  // A line costs a tenth of a millisecond or more, and a meeting changes many times a second while it moves.
  await t.test('old chat lines are not drawn again when something else changes', async () => {
    const drawn = await countDrawnLines(bob.page)
    await ann.page.getByRole('button', { name: 'Microphone', exact: true }).click()
    await bob.page.locator('[data-testid=tile][data-muted=true]', { hasText: 'Ann' }).waitFor()
    assert.equal(await drawn(), 0)
    await ann.page.getByLabel('Message to everyone').fill('And signed')
    await ann.page.keyboard.press('Enter')
    await bob.page.getByRole('log').getByText('And signed').waitFor()
    const times = await drawn()
    assert.ok(times === 1 || times === 2, `only the new line is drawn, not ${times} lines`)
    await ann.page.getByRole('button', { name: 'Microphone', exact: true }).click()
  })
  await t.test('another speaker can be selected and is shown as selected', async () => {
    await bob.page.getByRole('button', { name: 'Settings' }).click()
    const speaker = bob.page.getByLabel('Speaker', { exact: true })
    const used = await speaker.inputValue()
    const ids = await speaker
      .locator('option')
      .evaluateAll((all) => (all as HTMLOptionElement[]).map(({ value }) => value))
    const other = ids.find((id) => id !== used)
    assert.ok(other, 'there is a second speaker')
    await speaker.selectOption(other)
    await until(async () => (await speaker.inputValue()) === other, { what: 'the other speaker' })
    await bob.page.getByRole('button', { name: 'Done' }).click()
  })
  await t.test('a host mutes and removes people; the removed person’s page says so', async () => {
    await ann.page.getByRole('button', { name: 'People' }).click()
    await ann.page.getByRole('button', { name: 'Mute Bob' }).click()
    await bob.page.locator('[data-action=toggleMicrophone][data-state=off]').waitFor()
    await ann.page.getByRole('button', { name: 'Remove Cem' }).click()
    await ann.page.getByRole('button', { name: 'Confirm removal of Cem' }).click()
    await cem.page.getByRole('heading', { name: /removed/i }).waitFor()
    await ann.page.getByRole('group', { name: 'Cem', exact: true }).waitFor({ state: 'detached' })
  })
  await t.test('a guest has no such buttons', async () => {
    await bob.page.getByRole('button', { name: 'People' }).click()
    await bob.page.getByRole('list', { name: 'People in the meeting' }).getByText('Ann').waitFor()
    assert.equal(await bob.page.getByRole('button', { name: /^(?:Mute|Remove) / }).count(), 0)
  })
  await t.test('a host ends the meeting for everyone, and the link no longer works', async () => {
    await ann.page.getByRole('button', { name: 'Leave', exact: true }).click()
    await ann.page.getByRole('button', { name: /for everyone/ }).click()
    await bob.page.getByRole('heading', { name: /ended/i }).waitFor()
    assert.equal((await fetch(`${stack.url}/v1/rooms/${room}`)).status, 404)
  })
  assertClean(ann, bob, cem)
  await leave(ann, bob, cem)
})

test('a browser is handed our own TURN addresses and no other', async () => {
  const { joinUrl } = await createRoom(stack.url)
  const ann = await joinByLink(browser, ours, joinUrl, 'Ann')
  const given = await until(
    async () => {
      const urls = await iceServers(ann.page)
      return urls.length > 0 ? urls : undefined
    },
    { what: 'ICE servers' },
  )
  for (const url of given) assert.match(url, /^turn:127\.0\.0\.1:\d+/)
  await leave(ann)
})

test('rooms spread over both nodes', async () => {
  const { node: first } = await placementOfNewRoom()
  const perNode = new Map([[first, 1]])
  for (let i = 1; i < 12; i++) {
    const { node } = await placementOfNewRoom()
    perNode.set(node, (perNode.get(node) ?? 0) + 1)
  }
  assert.deepEqual([...perNode.keys()].toSorted(), ['branch-1', 'hq-1'])
  for (const count of perNode.values()) assert.ok(count >= 4, JSON.stringify([...perNode]))
})

async function placementOfNewRoom() {
  const { room } = await createRoom(stack.url)
  return joinOverHttp(stack.url, room)
}

test('on a phone our own picture stays inside the other’s, whose name ends before it', async () => {
  const { joinUrl } = await createRoom(stack.url)
  const name = 'Maximiliane-Charlotte von Hohenstein-Wittgenstein'
  const ann = await joinByLink(browser, ours, joinUrl, 'Ann', { phone: true })
  const other = await joinByLink(browser, ours, joinUrl, name)
  const { page } = ann
  const own = page.locator('[data-testid=tile][data-floating=true]')
  const behind = page.getByRole('group', { name })
  for (const size of [
    { width: 390, height: 844 },
    { width: 320, height: 568 },
  ]) {
    await page.setViewportSize(size)
    await until(
      async () => {
        const [inner, outer, label] = await Promise.all([
          own.boundingBox(),
          behind.boundingBox(),
          behind.getByText(name).boundingBox(),
        ])
        return (
          inner !== null &&
          outer !== null &&
          label !== null &&
          inner.x + inner.width < outer.x + outer.width &&
          inner.y + inner.height < outer.y + outer.height &&
          label.x + label.width < inner.x
        )
      },
      { what: `both pictures and the name have their places at ${size.width} px` },
    )
  }
  await leave(ann, other)
})

test('the layout button says what it changes to', async () => {
  const { joinUrl } = await createRoom(stack.url)
  const ann = await joinByLink(browser, ours, joinUrl, 'Ann')
  const button = ann.page.locator('[data-action=toggleLayout]')
  for (const target of ['Active speaker', 'Gallery', 'Active speaker']) {
    await ann.page.getByRole('button', { name: `Layout: change to ${target}`, exact: true }).waitFor()
    assert.equal(await button.textContent(), 'Layout')
    await button.click()
  }
  await leave(ann)
})

test('a reload joins again under the same link with the name remembered', async () => {
  const { joinUrl } = await createRoom(stack.url)
  const ann = await joinByLink(browser, ours, joinUrl, 'Ann')
  await ann.page.reload()
  assert.equal(await ann.page.getByLabel('Your name').inputValue(), 'Ann')
  await ann.page.getByLabel('Your name').press('Enter')
  await ann.page.locator('[data-testid=meeting][data-connection=connected]').waitFor()
  assertClean(ann)
  await leave(ann)
})
