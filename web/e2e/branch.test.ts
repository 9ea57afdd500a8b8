// A branch whose line to the head office is cut: in real browsers, by the same address, through the branch's own door.
import { OFFLINE_EPOCHS } from '@levee/control-plane/protocol/epochs'
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { type CuttableProxy, startCuttableProxy } from '../../deploy/stack/network/cuttable-proxy.ts'
import { repoDir } from '../../deploy/setup/pins.mjs'
import { type FreePorts, claimFreePorts } from '../../deploy/stack/network/free-ports.ts'
import { type EdgeNode, type Stack, startStack } from '../../deploy/stack/stack.ts'
import { until } from '../../deploy/stack/until.ts'
import { ensureWebBuild } from '../../deploy/stack/tools/web-build.ts'
import { violations } from './accessible.ts'
import { newVisitor, openChromium } from './browser.ts'
import { readGaps, watchGaps } from './gaps.ts'
import {
  assertClean,
  connected,
  createRoom,
  type Guest,
  hears,
  joinByLink,
  joinOverHttp,
  placementOf,
  seesMoving,
} from './meeting.ts'

let browser: Browser
let stack: Stack
let ports: FreePorts
let line: CuttableProxy
let branch: EdgeNode
/** As the branch's DNS leads the public name. */
let door: string
let ours: string[]

before(async () => {
  await ensureWebBuild()
  browser = await openChromium()
  stack = await startStack({ nodes: [{ id: 'hq-1', site: 'hq' }], logLevel: 'warn' })
  line = await startCuttableProxy(stack.url)
  ports = await claimFreePorts()
  const doorPort = await ports.tcp()
  door = `http://localhost:${doorPort}`
  branch = await stack.addNode({
    id: 'branch-1',
    site: 'branch',
    agentEnv: {
      LEVEE_CONTROL_PLANE_URL: line.url,
      LEVEE_LISTENER_PORT: String(doorPort),
      LEVEE_LISTENER_WEB_DIR: join(repoDir, 'web', 'dist'),
      LEVEE_LISTENER_CSP_CONNECT: 'ws://localhost:* http://localhost:*',
    },
  })
  ours = [stack.url, door, ...stack.nodes.map(({ url }) => url)]
  const settings = { ranges: [], fallback: [], boundary: 'soft', spare: 'none', offline: 'start' }
  const reply = await fetch(`${stack.url}/v1/sites/branch`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.operatorKey}` },
    body: JSON.stringify(settings),
  })
  assert.equal(reply.status, 204)
  await until(async () => (await metric('levee_agent_offline_grant_expiry_timestamp_seconds')) > 0, {
    what: 'the rules in the branch',
  })
})
after(async () => {
  await browser?.close()
  await line?.cut()
  await stack?.stop()
  ports?.release()
})

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${branch.ports.agent}/metrics`)).text()
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}

const isCut = async () => (await metric('levee_agent_line_cut')) === 1
const enter = (link: string, name: string) => joinByLink(browser, ours, link, name)

async function seeEachOther(...guests: readonly Guest[]): Promise<void> {
  for (const one of guests)
    for (const other of guests)
      if (one !== other) {
        await seesMoving(one.page, other.name)
        await hears(one.page, other.name)
      }
}

test('cut: people talk on, come in, come back and start meetings by the same address; mended: both sides agree', async (t) => {
  const daily = await createRoom(door, { site: 'branch', title: 'Daily' })
  const link = `${door}/m/${daily.room}`
  const ann = await enter(`${link}#host=${daily.hostKey}`, 'Ann')
  const bob = await enter(link, 'Bob')
  await seeEachOther(ann, bob)
  const placed = await placementOf(ann.page)
  assert.equal(placed.node, 'branch-1')

  const watched = [
    [ann, bob],
    [bob, ann],
  ] as const
  for (const [{ page }, other] of watched) await watchGaps(page, other.name)
  await line.cut()
  // By the link, as on any other day.
  const cat = await enter(link, 'Cat')
  assert.ok(await isCut())
  await seeEachOther(ann, bob, cat)
  assert.deepEqual(await placementOf(cat.page), placed)
  for (const [{ page, name }] of watched) {
    const { picture, sound } = await readGaps(page)
    t.diagnostic(
      `${name}: picture ${Math.round(picture.longestMs)} ms, sound ${Math.round(sound.longestMs)} ms`,
    )
    assert.ok(picture.longestMs < 1_000 && sound.longestMs < 1_000, 'nothing is noticed in the meeting')
  }

  // A page that is loaded again comes back into it.
  await bob.page.reload()
  await bob.page.getByRole('button', { name: 'Join', exact: true }).click()
  await connected(bob.page)
  await seesMoving(bob.page, 'Ann')

  // LiveKit of the branch dies, and nobody but the branch can say where to go.
  branch.livekit.kill('SIGKILL')
  await branch.livekit.exited
  await branch.livekit.restart()
  await seeEachOther(ann, cat)

  const { page } = await newVisitor(browser, ours)
  await page.goto(door)
  await page.getByLabel('Title').fill('Meanwhile')
  await page.getByRole('button', { name: 'Start a meeting' }).click()
  assert.deepEqual(await violations(page), [])
  const started = await page.getByRole('textbox', { name: 'Join link' }).inputValue()
  assert.ok(started.startsWith(door), started)
  await page.getByRole('link', { name: 'Open as host' }).click()
  await page.getByLabel('Your name').fill('Dan')
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await connected(page)
  const alone = await placementOf(page)
  assert.ok(alone.node === 'branch-1' && alone.epoch >= OFFLINE_EPOCHS, JSON.stringify(alone))

  await line.restore()
  await until(async () => !(await isCut()), { what: 'the line whole again' })
  const code = new URL(started).pathname.split('/').at(-1) ?? ''
  const there = await until(
    async () => {
      const answer = await joinOverHttp(stack.url, code)
      return answer.status === 200 ? answer : undefined
    },
    { what: 'the meeting at the head office' },
  )
  assert.deepEqual([there.node, there.epoch], [alone.node, alone.epoch])
  const back = await joinOverHttp(stack.url, daily.room)
  await until(
    async () => {
      const { node, epoch } = await placementOf(ann.page)
      return node === back.node && epoch === back.epoch
    },
    { what: 'the daily where its people are' },
  )
  assert.equal(back.title, 'Daily')
  await seeEachOther(ann, cat)
  assertClean(ann, bob, cat)
})
