// Every page and state: texts, accessibility in both themes and sizes, what is fetched, and the Content-Security-Policy.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Browser, Page, Response } from 'playwright-core'
import type { StackView } from '../../deploy/stack/shared.ts'
import { until } from '../../deploy/stack/until.ts'
import { shared } from './shared-stack.ts'
import { violations } from './support/accessibility.ts'
import { type Look, newVisitor, openChromium, type Visitor } from './support/browser.ts'
import { assertClean, connected, createRoom, joinByLink, joinOverHttp } from './support/meeting.ts'
import { commandNode } from './support/operator.ts'

const LOOKS: Record<string, Look> = {
  'desktop, light': {},
  'desktop, dark': { dark: true },
  'phone, light': { phone: true },
  'phone, dark': { phone: true, dark: true },
}
const PRE_JOIN_BUDGET_KIB = 250

let stack: StackView
let browser: Browser
let ours: string[]

before(async () => {
  stack = await shared.open()
  ours = [stack.url, ...stack.nodes.map(({ url }) => url)]
  browser = await openChromium()
})
after(async () => {
  await browser?.close()
  await shared.close()
})

const visit = (look: Look = {}): Promise<Visitor> => newVisitor(browser, ours, look)

/** Waits for the end of animations: axe measures contrast, and a fading text has little. */
const atRest = (page: Page) =>
  page.evaluate(async () => {
    const finite = document
      .getAnimations()
      .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
    await Promise.allSettled(finite.map(({ finished }) => finished))
  })

async function assertAccessible(page: Page, state: string): Promise<void> {
  await atRest(page)
  assert.deepEqual(await violations(page), [], state)
}

for (const [name, look] of Object.entries(LOOKS)) {
  test(`no axe violation on any page (${name})`, async (t) => {
    const visitor = await visit(look)
    const { page, context } = visitor
    await t.test('start', async () => {
      await page.goto(stack.url)
      await page.getByRole('button', { name: 'Start a meeting' }).waitFor()
      await assertAccessible(page, 'start')
      await page.getByRole('button', { name: 'Start a meeting' }).click()
      await page.getByRole('button', { name: /copy/i }).first().waitFor()
      await assertAccessible(page, 'links')
      const missing = await page.goto(`${stack.url}/nowhere`)
      assert.equal(missing?.status(), 404)
      await page.getByRole('heading', { name: 'Page not found' }).waitFor()
      await assertAccessible(page, 'page not found')
    })
    await t.test('join', async () => {
      const { joinUrl, hostUrl } = await createRoom(stack.url, { title: 'Weekly' })
      await page.goto(joinUrl)
      await page.locator('[data-camera=on][data-microphone=on]').waitFor()
      await assertAccessible(page, 'pre-join')
      await page.getByRole('button', { name: 'Camera', exact: true }).click()
      await page.getByRole('button', { name: 'Microphone', exact: true }).click()
      await page.locator('[data-camera=off][data-microphone=off]').waitFor()
      await page.getByRole('button', { name: 'Join', exact: true }).click()
      await page.getByText('Enter your name').waitFor()
      await assertAccessible(page, 'pre-join, devices off, name missing')
      await page.goto(`${stack.url}/m/0000-0000-0000-00`)
      await page.locator('[data-problem=room_not_found]').waitFor()
      await assertAccessible(page, 'invalid link')
      await page.goto(hostUrl)
      await page.getByLabel('Your name').fill('Ann')
      await page.getByRole('button', { name: 'Join', exact: true }).click()
      await connected(page)
    })
    await t.test('meeting', async () => {
      await assertAccessible(page, 'meeting')
      for (const button of ['Chat', 'People']) {
        await page.getByRole('button', { name: button, exact: true }).click()
        await page.getByRole('heading', { name: new RegExp(button) }).waitFor()
        await assertAccessible(page, button)
      }
      await page.getByRole('button', { name: 'People', exact: true }).click()
      await page.getByRole('button', { name: 'Settings', exact: true }).click()
      await page.getByRole('dialog').waitFor()
      await assertAccessible(page, 'settings')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Leave', exact: true }).click()
      await page.getByRole('dialog').waitFor()
      await assertAccessible(page, 'leave dialog')
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Leave/ })
        .click()
      await page.getByRole('heading', { name: /left/i }).waitFor()
      await assertAccessible(page, 'meeting ended')
    })
    await t.test('operations', async () => {
      await page.goto(`${stack.url}/ops`)
      await page.getByLabel(/operator key/i).waitFor()
      await assertAccessible(page, 'sign-in')
      await signIn(page)
      await assertAccessible(page, 'fleet')
    })
    assertClean(visitor)
    await context.close()
  })
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel(/operator key/i).fill(stack.operatorKey)
  await page.keyboard.press('Enter')
  await page.getByText('branch-1').first().waitFor()
}

test('axe fires on a page that is broken', async () => {
  const { page, context } = await visit()
  await page.goto(stack.url)
  await page.getByRole('button', { name: 'Start a meeting' }).waitFor()
  await page.evaluate(() => document.querySelector('label')?.remove())
  assert.ok((await violations(page)).some((rule) => rule.startsWith('label')))
  await context.close()
})

test('a foreign request and an inline script are recorded as faults', async () => {
  const { page, watch, context } = await visit()
  // Not on a page of ours, whose policy stops the request before it is one.
  await page.evaluate(() => fetch('http://127.0.0.1:9/elsewhere').catch(() => undefined))
  assert.equal(watch.foreign.length, 1)
  await page.goto(stack.url)
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.append('window.inlineRan = true')
    document.body.append(script)
  })
  assert.equal(await page.evaluate(() => 'inlineRan' in window), false)
  await until(() => watch.faults.length > 0, { what: 'the recorded fault' })
  await context.close()
})

test(`link to usable pre-join in at most ${PRE_JOIN_BUDGET_KIB} KiB gzip, name field first`, async (t) => {
  const { joinUrl } = await createRoom(stack.url)
  const { page, context } = await visit()
  const responses: Response[] = []
  page.on('response', (response) => responses.push(response))
  await context.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.activeElement?.id !== 'name') return
      observer.disconnect()
      document.documentElement.dataset['usable'] = String(performance.timeOrigin + performance.now())
    }).observe(document, { childList: true, subtree: true, attributes: true })
  })
  await page.goto(joinUrl)
  const usableMs = await page.locator('html[data-usable]').getAttribute('data-usable')
  await page.locator('[data-camera=on]').waitFor()
  // Later requests load the meeting while the person types. Chromium's clocks differ by a millisecond.
  const before = responses.filter((response) => response.request().timing().startTime <= Number(usableMs))
  const fetched = await Promise.all(
    before.map(async (response) => {
      const gzip = gzipSync(await response.body()).length
      const { responseBodySize: sent } = await response.request().sizes()
      return { path: new URL(response.url()).pathname, gzip, sent }
    }),
  )
  const kib = fetched.reduce((sum, { gzip }) => sum + gzip, 0) / 1024
  const sentKib = fetched.reduce((sum, { sent }) => sum + sent, 0) / 1024
  t.diagnostic(`${fetched.length} requests, ${kib.toFixed(1)} KiB gzip, ${sentKib.toFixed(1)} KiB as sent`)
  for (const { path, gzip } of fetched.toSorted((a, b) => b.gzip - a.gzip))
    t.diagnostic(
      `  ${(gzip / 1024).toFixed(1).padStart(6)} KiB ${path.startsWith('/m/') ? 'the page' : path}`,
    )
  assert.ok(fetched.length > 2, 'something was counted')
  assert.ok(kib <= PRE_JOIN_BUDGET_KIB, `${kib.toFixed(0)} KiB`)
  assert.ok(sentKib <= PRE_JOIN_BUDGET_KIB, `${sentKib.toFixed(0)} KiB are sent`)
  await context.close()
})

test('by keyboard alone: from the link into the meeting, mute, chat, leave', async () => {
  const { joinUrl } = await createRoom(stack.url)
  const { page, context } = await visit()
  await page.goto(joinUrl)
  await page.locator('#name:focus').waitFor()
  await page.keyboard.type('Ann')
  await page.keyboard.press('Enter')
  await connected(page)
  const microphone = page.locator('[data-action=toggleMicrophone]')
  await page.locator('[data-action=toggleMicrophone][data-state=on]').waitFor()
  await page.keyboard.press('m')
  await page.locator('[data-action=toggleMicrophone][data-state=off]').waitFor()
  await microphone.focus()
  await page.keyboard.press('Space')
  await page.locator('[data-action=toggleMicrophone][data-state=on]').waitFor()
  await page.keyboard.press('c')
  // The field has the focus: letters are text now, not shortcuts.
  await page.keyboard.type('mcp')
  await page.keyboard.press('Enter')
  await page.getByRole('log').getByText('mcp').waitFor()
  await page.locator('[data-action=toggleMicrophone][data-state=on]').waitFor()
  await page.getByRole('button', { name: 'Leave', exact: true }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: /left/i }).waitFor()
  await context.close()
})

test('every refusal before the meeting has its own text, and where waiting helps the page tries again by itself', async () => {
  const { page, context } = await visit()
  await page.goto(`${stack.url}/m/0000-0000-0000-00`)
  await page.getByText('This link doesn’t lead to a meeting').waitFor()
  const { joinUrl, room } = await createRoom(stack.url)
  await page.goto(`${joinUrl}#host=wrong-key`)
  await page.getByLabel('Your name').fill('Ann')
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByText('This isn’t the host link of this meeting').waitFor()
  await page.getByRole('button', { name: 'Join as a guest' }).click()
  for (const { id } of stack.nodes) await commandNode(stack, id, 'cordon')
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await page.getByText('The meeting service isn’t ready yet').waitFor()
  await page.getByText(/Trying again in \d+\ssec/).waitFor()
  for (const { id } of stack.nodes) await commandNode(stack, id, 'uncordon')
  await connected(page)
  assert.equal((await fetch(`${stack.url}/v1/rooms/${room}`)).status, 200)
  await context.close()
})

test('operations: a wrong key is refused; cordon and uncordon show at once and take effect', async () => {
  const { page, context } = await visit()
  await page.goto(`${stack.url}/ops`)
  await page.getByLabel(/operator key/i).fill('not the key, certainly')
  await page.keyboard.press('Enter')
  const refusal = page.getByRole('alert')
  await refusal.filter({ hasText: 'npm start' }).waitFor()
  assert.doesNotMatch((await refusal.textContent()) ?? '', /[A-Z]_/, 'names no variable')
  await signIn(page)
  for (const term of ['Free tracks', 'Cordon', 'Drain', 'Steal'])
    await page.getByRole('term').filter({ hasText: term }).last().waitFor()
  assert.equal(await page.getByRole('button', { name: 'Settings for branch' }).textContent(), 'Settings')
  await page.getByRole('button', { name: 'Cordon branch-1' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cordon node' }).click()
  await page.getByRole('button', { name: 'Uncordon branch-1' }).waitFor()
  const nodes = new Set<string>()
  for (let i = 0; i < 8; i++) {
    const { room } = await createRoom(stack.url)
    nodes.add((await joinOverHttp(stack.url, room)).node)
  }
  assert.deepEqual([...nodes], ['hq-1'])
  await page.getByRole('button', { name: 'Uncordon branch-1' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Uncordon node' }).click()
  await page.getByRole('button', { name: 'Cordon branch-1', exact: true }).waitFor()
  await context.close()
})

test('without camera and microphone, or with permission denied, a person still gets in', async () => {
  const { joinUrl } = await createRoom(stack.url)
  const { page, context } = await visit()
  await context.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('Permission denied', 'NotAllowedError'))
  })
  await page.goto(joinUrl)
  await page.locator('[data-camera=error][data-microphone=error]').waitFor()
  await assertAccessible(page, 'permission denied')
  await page.getByLabel('Your name').fill('Ann')
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await connected(page)
  // The bar does not claim what the browser refused, and says why.
  await page.locator('[data-action=toggleMicrophone]').click()
  await page.locator('[data-device-error]').waitFor()
  await page.locator('[data-action=toggleMicrophone][data-state=off]').waitFor()
  await assertAccessible(page, 'refused in the meeting')
  await context.close()
})

test('a person who joins before the devices are open is heard and seen as soon as they are', async () => {
  const { joinUrl } = await createRoom(stack.url)
  const { page, context } = await visit()
  await context.addInitScript(() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      await new Promise((resolve) => addEventListener('levee-devices', resolve, { once: true }))
      return open(wanted)
    }
  })
  await page.goto(joinUrl)
  await page.locator('[data-camera=asking]').waitFor()
  await page.getByLabel('Your name').fill('Ann')
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await connected(page)
  const opened = () => page.evaluate(() => dispatchEvent(new Event('levee-devices')))
  await until(
    async () => {
      await opened()
      return (await page.locator('[data-testid=tile][data-muted=false][data-video=true]').count()) === 1
    },
    { what: 'microphone and camera are on', everyMs: 100 },
  )
  await context.close()
})

test('a panel that breaks takes no one out of the meeting', async () => {
  const { joinUrl } = await createRoom(stack.url)
  const ann = await joinByLink(browser, ours, joinUrl, 'Ann')
  await ann.page.evaluate(() => {
    HTMLTextAreaElement.prototype.focus = () => {
      throw new Error('broken on purpose')
    }
  })
  await ann.page.getByRole('button', { name: 'Chat', exact: true }).click()
  await ann.page.getByRole('alert').filter({ hasText: 'The meeting continues' }).waitFor()
  await ann.page.locator('[data-testid=meeting][data-connection=connected]').waitFor()
  await ann.page.getByRole('button', { name: 'People', exact: true }).click()
  await ann.page.getByRole('list', { name: 'People in the meeting' }).getByText('Ann').waitFor()
  await ann.context.close()
})

test('two visitors with one link are two participants', async () => {
  const { joinUrl } = await createRoom(stack.url)
  const ann = await joinByLink(browser, ours, joinUrl, 'Ann')
  const other = await joinByLink(browser, ours, joinUrl, 'Ann')
  const tiles = ann.page.locator('[data-testid=tile][data-source=camera]')
  await tiles.nth(1).waitFor()
  const ids = await tiles.evaluateAll((all) => all.map((tile) => (tile as HTMLElement).dataset['identity']))
  assert.equal(new Set(ids).size, 2)
  await Promise.all([ann.context.close(), other.context.close()])
})

test('a page may not connect to another address, nor run text as script', async () => {
  const { page, context } = await visit()
  const { joinUrl } = await createRoom(stack.url)
  await page.goto(joinUrl)
  await page.getByRole('textbox').first().waitFor()
  const refused = await page.evaluate(async () => {
    const directives: string[] = []
    document.addEventListener('securitypolicyviolation', (event) => directives.push(event.effectiveDirective))
    await fetch('https://foreign.example/').catch(() => undefined)
    try {
      void new WebSocket('wss://foreign.example/')
    } catch {
      // Some versions throw, others close.
    }
    let isTextRefused = false
    try {
      document.createElement('div').innerHTML = '<b>text</b>'
    } catch {
      isTextRefused = true
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
    return { directives, isTextRefused }
  })
  assert.deepEqual(refused.directives.toSorted(), ['connect-src', 'connect-src', 'require-trusted-types-for'])
  assert.ok(refused.isTextRefused)
  await context.close()
})
