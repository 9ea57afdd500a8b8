// An operator empties a node. Two nodes exist by their reports alone: what stands on them, and when people have gone,
// is the test's to say; everything else is real.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type {
  Directive,
  EnrolNode,
  FleetView,
  NodeReport,
  NodeView,
  Problem,
} from '@levee/control-plane/contract'
import type { Browser, Page } from 'playwright-core'
import { type Stack, startStack } from '../../deploy/stack/stack.ts'
import { until } from '../../deploy/stack/until.ts'
import { ensureWebBuild } from '../../deploy/stack/tools/web-build.ts'
import { violations } from './accessible.ts'
import { newVisitor, openChromium, type Look, type Visitor } from './browser.ts'
import { assertClean, createRoom, joinOverHttp } from './meeting.ts'

const CAPACITY = 1_000
/** Of each meeting. */
const TRACKS = 100
const PEOPLE = 2
const SECRET = 'a'.repeat(43)
/** Well within the time after which a silent node is suspect. */
const REPORT_EVERY_MS = 1_000

let stack: Stack
let browser: Browser
let one: SpokenNode
let other: SpokenNode

before(async () => {
  await ensureWebBuild()
  stack = await startStack({ nodes: [] })
  one = await spokenNode('hq-1')
  other = await spokenNode('hq-2')
  browser = await openChromium()
})
after(async () => {
  await browser?.close()
  await one?.stop()
  await other?.stop()
  await stack?.stop()
})
beforeEach(async () => {
  for (const node of [one, other]) {
    await node.says({ rooms: [], otherTracks: 0, leavingSec: undefined })
    await operate(node.id, 'uncordon')
  }
})

async function post(path: string, key: string, body?: object): Promise<Response> {
  const authorization = `Bearer ${key}`
  return fetch(stack.url + path, {
    method: 'POST',
    ...(body
      ? { headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body) }
      : { headers: { authorization } }),
  })
}

async function operate(node: string, verb: string, wish?: object): Promise<void> {
  const reply = await post(`/v1/nodes/${node}/${verb}`, stack.operatorKey, wish)
  assert.equal(reply.status, 204, await reply.text())
}

async function nodeView(id: string): Promise<NodeView> {
  const headers = { authorization: `Bearer ${stack.operatorKey}` }
  const { nodes } = (await (await fetch(`${stack.url}/v1/fleet`, { headers })).json()) as FleetView
  const view = nodes.find(({ node }) => node === id)
  assert.ok(view)
  return view
}

interface Word {
  /** LiveKit's names of the rooms that people are in. */
  rooms: readonly string[]
  /** Load that is no room's: what makes a node full. */
  otherTracks: number
  leavingSec: number | undefined
}
interface SpokenNode {
  id: string
  /** Resolves when it was heard. */
  says(word: Partial<Word>): Promise<Directive>
  stop(): Promise<void>
}

async function spokenNode(id: string): Promise<SpokenNode> {
  const enrolment: EnrolNode = {
    node: id,
    site: 'head-office',
    url: 'wss://nowhere.invalid',
    apiKey: 'devkey',
    apiSecret: 's'.repeat(32),
    nodeSecret: SECRET,
    agentVersion: '0.0.0',
  }
  assert.ok((await post('/v1/nodes/enrol', stack.enrolmentKey, enrolment)).ok)
  const all = { cpuCores: 64, egressBytesPerSec: 1e12, packetsPerSec: 1e9, tracks: CAPACITY }
  let word: Word = { rooms: [], otherTracks: 0, leavingSec: undefined }
  let seq = 0
  let row: Promise<unknown> = Promise.resolve()
  const report = (): Promise<Directive> => {
    const { rooms, otherTracks, leavingSec } = word
    const tracks = otherTracks + rooms.length * TRACKS
    const body: NodeReport = {
      bootId: 'by-words-alone',
      seq: ++seq,
      livekit: { up: true, rooms: rooms.map((name) => ({ name, participants: PEOPLE, tracks: TRACKS })) },
      ...(leavingSec !== undefined && { leaving: { withinSec: leavingSec } }),
      capacity: all,
      load: { cpuCores: 0, egressBytesPerSec: 0, packetsPerSec: 0, tracks },
      host: { cpuBusy: 0, cpuSteal: 0, memoryUsedBytes: 1, memoryLimitBytes: 2 },
    }
    const heard = row.then(async () => {
      const reply = await post(`/v1/nodes/${id}/report`, SECRET, body)
      assert.ok(reply.ok, `${id}: ${reply.status}`)
      return (await reply.json()) as Directive
    })
    row = heard
    return heard
  }
  const timer = setInterval(() => void report(), REPORT_EVERY_MS)
  await report()
  return {
    id,
    says(change) {
      word = { ...word, ...change }
      return report()
    },
    async stop() {
      clearInterval(timer)
      await row
    },
  }
}

/** Meetings with people in them, all on the first node. Gives LiveKit's names of them. */
async function meetings(count: number): Promise<string[]> {
  await operate(other.id, 'cordon')
  const names: string[] = []
  for (let i = 0; i < count; i++) {
    const { room } = await createRoom(stack.url)
    const seat = await until(
      async () => {
        const answer = await joinOverHttp(stack.url, room)
        return answer.status === 200 && answer
      },
      { what: 'a place', everyMs: 100 },
    )
    assert.equal(seat.node, one.id)
    names.push(seat.roomName)
  }
  await one.says({ rooms: names })
  await operate(other.id, 'uncordon')
  return names
}

interface Operator extends Visitor {
  row: ReturnType<Page['locator']>
  dialog: ReturnType<Page['locator']>
  /** What is read out to whoever does not see the table. */
  hears: (words: string) => Promise<void>
}

async function openOps(look: Look = {}, path = '/ops'): Promise<Operator> {
  const visitor = await newVisitor(browser, [stack.url], look)
  const { page } = visitor
  await page.goto(stack.url + path)
  await page.getByLabel(/operator key/i).fill(stack.operatorKey)
  await page.keyboard.press('Enter')
  const row = page.locator(`[data-node=${one.id}]`)
  await row.waitFor()
  const news = page.getByRole('status')
  return {
    ...visitor,
    row,
    dialog: page.getByRole('dialog'),
    hears: (words) => news.getByText(words, { exact: true }).waitFor(),
  }
}

const button = (name: string) => ['button', { name, exact: true }] as const

describe('a drain that fits', () => {
  test('by keyboard: what will happen, how far it is, empty, and taken back', async () => {
    const names = await meetings(3)
    const ops = await openOps()
    const { page, row, dialog, hears } = ops
    await row.getByText('6 people').waitFor()
    await page.getByRole(...button('Drain hq-1')).focus()
    await page.keyboard.press('Enter')
    await dialog.getByText('On it now: 3 meetings, 6 people.').waitFor()
    await dialog.getByText('Nobody has to join again.').waitFor()
    await dialog.getByText('you can take the drain back').waitFor()
    assert.deepEqual(await violations(page), [])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    await page.locator(':focus').getByText('Drain').waitFor()
    assert.equal((await nodeView(one.id)).state, 'serving', 'Escape changes nothing')

    await page.keyboard.press('Enter')
    await dialog.getByRole(...button('Drain node')).focus()
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    // Where the pressed button was stands what undoes it.
    await page.locator(':focus').getByText('Take drain back').waitFor()
    await hears('hq-1 is being emptied.')
    await row.getByText('All meetings moved · 6 people still here').waitFor()
    await row.getByText(/^Should be empty within/).waitFor()
    assert.deepEqual((await one.says({})).moved.toSorted(), names.toSorted())
    assert.deepEqual(await violations(page), [])

    await one.says({ rooms: names.slice(0, 1) })
    await row.getByText('All meetings moved · 2 people still here').waitFor()
    await one.says({ rooms: [] })
    await row.getByText('Empty: may be stopped').waitFor()
    await row.getByText('Drained', { exact: true }).waitFor()
    await hears('hq-1 is empty and may be stopped.')

    await page.keyboard.press('Enter')
    await dialog.getByRole('heading', { name: 'Take the drain of hq-1 back?' }).waitFor()
    await dialog.getByRole(...button('Take drain back')).focus()
    await page.keyboard.press('Enter')
    await row.getByText('Serving', { exact: true }).waitFor()
    await page.locator(':focus').getByText('Cordon').waitFor()
    assert.equal((await nodeView(one.id)).drain, null)
    assertClean(ops)
    await ops.context.close()
  })

  test('a node that is stopped when it is empty is no alarm', async () => {
    const ops = await openOps({ phone: true, dark: true })
    await operate(one.id, 'drain')
    await ops.row.getByText('Empty: may be stopped').waitFor()
    assert.deepEqual(await violations(ops.page), [])
    await one.stop()
    await ops.row.getByText('Stopped', { exact: true }).waitFor({ timeout: 20_000 })
    await ops.row.getByText('When it runs again, take the drain back.').waitFor()
    assert.deepEqual(await violations(ops.page), [])
    one = await spokenNode('hq-1')
    await ops.row.getByText('Empty: may be stopped').waitFor()
    await ops.context.close()
  })

  test('a node whose agent was told to stop: shown as leaving, nothing to command', async () => {
    const names = await meetings(2)
    const ops = await openOps({}, '/ops?site=head-office')
    await one.says({ leavingSec: 60 })
    await ops.row.getByText('The agent was told to stop; its meetings are being moved.').waitFor()
    await ops.hears('hq-1 is leaving.')
    assert.equal(await ops.row.getByRole('button').count(), 0)
    await ops.row.getByText('All meetings moved · 4 people still here').waitFor()
    assert.equal((await one.says({})).moved.length, names.length)
    await one.says({ rooms: [] })
    await ops.row.getByText('Empty: it stops by itself').waitFor()
    assert.deepEqual(await violations(ops.page), [])
    await one.says({ leavingSec: undefined })
    await ops.row.getByText('Serving', { exact: true }).waitFor()
    assertClean(ops)
    await ops.context.close()
  })
})

describe('a drain that does not fit', () => {
  /** Room for one meeting of three. */
  const FULL = { otherTracks: 780 }

  /** Gives what the page was answered: what is free changes while promises fade. */
  async function refused({ page, dialog }: Operator): Promise<Problem> {
    await page.getByRole(...button('Drain hq-1')).click()
    const answer = page.waitForResponse((reply) => reply.url().endsWith(`/nodes/${one.id}/drain`))
    await dialog.getByRole(...button('Drain node')).click()
    await dialog.getByRole('alert').getByText('The other nodes have not enough room').waitFor()
    return (await (await answer).json()) as Problem
  }

  test('says what is missing before anything happens; forced, it moves what fits and the rest when there is room', async () => {
    const names = await meetings(3)
    await other.says(FULL)
    const ops = await openOps()
    const { page, row, dialog, hears } = ops
    const message = (await refused(ops)).errors?.[0]?.message ?? ''
    const [needs, free] = message.match(/\d+/g) ?? []
    assert.ok(needs !== undefined && free !== undefined, message)
    await dialog.getByText(`${needs} tracks`, { exact: true }).waitFor()
    await dialog.getByText(`${free} tracks`, { exact: true }).waitFor()
    assert.deepEqual(await violations(page), [])
    // A second Enter that was meant for the question before forces nothing.
    await page.locator(':focus').getByText('Cancel').waitFor()
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    assert.equal((await nodeView(one.id)).state, 'serving')
    assert.equal(await page.getByText('was refused').count(), 0)

    await refused(ops)
    await dialog.getByText(/The rest stay on hq-1 and go on/).waitFor()
    await dialog.getByRole(...button('Drain anyway')).click()
    await dialog.waitFor({ state: 'detached' })
    await row.getByText('1 of 3 meetings moved · 6 people still here').waitFor()
    const bar = row.locator('.drain-bar span')
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

    // The planned time is made short: over it, the page says why.
    await operate(one.id, 'drain', { withinSec: 5, force: true })
    await row.getByText('Taking longer than planned: other nodes are full.').waitFor()
    await hears('hq-1: taking longer than planned: other nodes are full.')
    assert.deepEqual(await violations(page), [])

    await other.says({ otherTracks: 0 })
    await row.getByText('All meetings moved · 6 people still here').waitFor()
    await row.getByText('Taking longer than planned: some pages have not followed yet.').waitFor()
    assert.equal((await one.says({})).moved.length, names.length)
    await one.says({ rooms: [] })
    await row.getByText('Empty: may be stopped').waitFor()
    assertClean(ops)
    await ops.context.close()
  })

  for (const [name, look] of Object.entries({
    'phone, light': { phone: true },
    'desktop, dark': { dark: true },
  } satisfies Record<string, Look>))
    test(`no axe violation in the refusal (${name})`, async () => {
      await meetings(2)
      await other.says(FULL)
      const ops = await openOps(look)
      await refused(ops)
      assert.deepEqual(await violations(ops.page), [])
      await ops.dialog.getByRole(...button('Cancel')).click()
      await ops.dialog.waitFor({ state: 'detached' })
      await ops.context.close()
    })

  test('a control plane that does not answer: the dialog says so and tries again', async () => {
    const ops = await openOps()
    await ops.page.route('**/drain', (route) => route.abort(), { times: 1 })
    await ops.page.getByRole(...button('Drain hq-1')).click()
    await ops.dialog.getByRole(...button('Drain node')).click()
    await ops.dialog.locator('[data-refusal=unreachable]').waitFor()
    await ops.dialog.getByRole('button', { name: 'Try now' }).click()
    await ops.dialog.waitFor({ state: 'detached' })
    await ops.row.getByText('Empty: may be stopped').waitFor()
    await ops.context.close()
  })

  test('a refusal that comes when the dialog was closed is still told', async () => {
    await meetings(2)
    await other.says(FULL)
    const ops = await openOps()
    const closed = Promise.withResolvers<void>()
    await ops.page.route('**/drain', async (route) => {
      await closed.promise
      await route.continue()
    })
    await ops.page.getByRole(...button('Drain hq-1')).click()
    await ops.dialog.getByRole(...button('Drain node')).click()
    await ops.dialog.getByRole(...button('Close')).click()
    await ops.dialog.waitFor({ state: 'detached' })
    await ops.row.getByText('Starting to drain …').waitFor()
    closed.resolve()
    await ops.page.getByText('Drain of hq-1 was refused.').waitFor()
    await ops.page.getByRole('alert').getByText('The other nodes have no room for these meetings').waitFor()
    await ops.context.close()
  })
})
