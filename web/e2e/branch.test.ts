// A branch without a connection to the head office: real browsers use the same URL, which leads to the branch's listener.
// Runs alone: gaps in picture and sound have to stay under a second.
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
import { violations } from './support/accessibility.ts'
import { newVisitor, openChromium } from './support/browser.ts'
import { readGaps, watchGaps } from './support/media-gaps.ts'
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
} from './support/meeting.ts'

let browser: Browser
let stack: Stack
let ports: FreePorts
let link: CuttableProxy
let branch: EdgeNode
/** Where the DNS of the branch sends browsers: the listener of its agent. */
let branchUrl: string
let ours: string[]

before(async () => {
  await ensureWebBuild()
  browser = await openChromium()
  stack = await startStack({ nodes: [{ id: 'hq-1', site: 'hq' }], logLevel: 'warn' })
  link = await startCuttableProxy(stack.url)
  ports = await claimFreePorts()
  const listenerPort = await ports.tcp()
  branchUrl = `http://localhost:${listenerPort}`
  branch = await stack.addNode({
    id: 'branch-1',
    site: 'branch',
    agentEnv: {
      LEVEE_CONTROL_PLANE_URL: link.url,
      LEVEE_LISTENER_PORT: String(listenerPort),
      LEVEE_LISTENER_WEB_DIR: join(repoDir, 'web', 'dist'),
      LEVEE_LISTENER_CSP_CONNECT: 'ws://localhost:* http://localhost:*',
    },
  })
  ours = [stack.url, branchUrl, ...stack.nodes.map(({ url }) => url)]
  const settings = { ranges: [], fallback: [], boundary: 'soft', spare: 'none', offline: 'start' }
  const reply = await fetch(`${stack.url}/v1/sites/branch`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.operatorKey}` },
    body: JSON.stringify(settings),
  })
  assert.equal(reply.status, 204)
  await until(async () => (await metric('levee_agent_offline_grant_expiry_timestamp_seconds')) > 0, {
    what: 'the grant in the branch',
  })
})
after(async () => {
  await browser?.close()
  await link?.cut()
  await stack?.stop()
  ports?.release()
})

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${branch.ports.agent}/metrics`)).text()
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1] ?? Number.NaN)
}

const isCut = async () => (await metric('levee_agent_control_plane_link_down')) === 1
const enter = (joinUrl: string, name: string) => joinByLink(browser, ours, joinUrl, name)

async function seeEachOther(...guests: readonly Guest[]): Promise<void> {
  for (const one of guests)
    for (const other of guests)
      if (one !== other) {
        await seesMoving(one.page, other.name)
        await hears(one.page, other.name)
      }
}

test('offline, people keep talking, join, come back and start meetings with the same URL; online again, both sides agree', async (t) => {
  const daily = await createRoom(branchUrl, { site: 'branch', title: 'Daily' })
  const joinUrl = `${branchUrl}/m/${daily.room}`
  const ann = await enter(`${joinUrl}#host=${daily.hostKey}`, 'Ann')
  const bob = await enter(joinUrl, 'Bob')
  await seeEachOther(ann, bob)
  const placed = await placementOf(ann.page)
  assert.equal(placed.node, 'branch-1')

  const pairs = [
    [ann, bob],
    [bob, ann],
  ] as const
  for (const [{ page }, other] of pairs) await watchGaps(page, other.name)
  await link.cut()
  // With the link, as on any other day.
  const cat = await enter(joinUrl, 'Cat')
  assert.ok(await isCut())
  await seeEachOther(ann, bob, cat)
  assert.deepEqual(await placementOf(cat.page), placed)
  for (const [{ page, name }] of pairs) {
    const { video, sound } = await readGaps(page)
    t.diagnostic(`${name}: video ${Math.round(video.longestMs)} ms, sound ${Math.round(sound.longestMs)} ms`)
    assert.ok(video.longestMs < 1_000 && sound.longestMs < 1_000, 'the meeting is not disturbed')
  }

  // A reloaded page comes back into the meeting.
  await bob.page.reload()
  await bob.page.getByRole('button', { name: 'Join', exact: true }).click()
  await connected(bob.page)
  await seesMoving(bob.page, 'Ann')

  // LiveKit of the branch dies, and only the agent of the branch can tell clients where to reconnect.
  branch.livekit.kill('SIGKILL')
  await branch.livekit.exited
  await branch.livekit.restart()
  await seeEachOther(ann, cat)

  const { page } = await newVisitor(browser, ours)
  await page.goto(branchUrl)
  await page.getByLabel('Title').fill('Meanwhile')
  await page.getByRole('button', { name: 'Start a meeting' }).click()
  assert.deepEqual(await violations(page), [])
  const started = await page.getByRole('textbox', { name: 'Join link' }).inputValue()
  assert.ok(started.startsWith(branchUrl), started)
  await page.getByRole('link', { name: 'Open as host' }).click()
  await page.getByLabel('Your name').fill('Dan')
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await connected(page)
  const offline = await placementOf(page)
  assert.ok(offline.node === 'branch-1' && offline.epoch >= OFFLINE_EPOCHS, JSON.stringify(offline))

  await link.restore()
  await until(async () => !(await isCut()), { what: 'the connection is back' })
  const code = new URL(started).pathname.split('/').at(-1) ?? ''
  const adopted = await until(
    async () => {
      const answer = await joinOverHttp(stack.url, code)
      return answer.status === 200 ? answer : undefined
    },
    { what: 'the meeting is known at the head office' },
  )
  assert.deepEqual([adopted.node, adopted.epoch], [offline.node, offline.epoch])
  const back = await joinOverHttp(stack.url, daily.room)
  await until(
    async () => {
      const { node, epoch } = await placementOf(ann.page)
      return node === back.node && epoch === back.epoch
    },
    { what: 'Ann is where the control plane says the meeting runs' },
  )
  assert.equal(back.title, 'Daily')
  await seeEachOther(ann, cat)
  assertClean(ann, bob, cat)
})
