/**
 * A LiveKit that was given up and returns: its rooms were moved, and it must pass the self-test before it serves again.
 */
import assert from 'node:assert/strict'
import { createServer, request } from 'node:http'
import { afterEach, before, beforeEach, test } from 'node:test'
import { RoomServiceClient } from 'livekit-server-sdk'
import { livekitSelfTest } from '../../src/livekit/self-test.ts'
import { joinRoom } from '../support/person.ts'
import { agentEnv, runAgent, type Agent } from '../support/agent.ts'
import { startLivekit, type Livekit } from '../support/livekit.ts'
import { startRecorder, type Recorder } from '../support/recorder.ts'
import { API_KEY, API_SECRET, freePort, tempDir, until } from '../support/workplace.ts'

let livekit: Livekit
let recorder: Recorder
let agent: Agent

before(async () => {
  livekit = await startLivekit()
})
beforeEach(async () => {
  recorder = await startRecorder(1_000)
})
afterEach(async () => {
  await agent.stop()
  await recorder.goAway()
})

const run = async (livekitUrl: string) => {
  agent = await runAgent(
    await agentEnv({
      controlPlaneUrl: recorder.url,
      livekitUrl,
      metricsUrl: livekit.metricsUrl,
      stateDir: await tempDir(),
    }),
  )
  await until('up', () => recorder.reports().some((report) => report.livekit.up))
  await until('a search for the process', () => agent.output().includes('LiveKit’s process is '))
}
const firstSince = (atMs: number, up: boolean) =>
  until(`a report up=${up}`, () => recorder.reports().find((r) => r.atMs >= atMs && r.livekit.up === up))

test('hung, given up, back: the agent sends all rooms, requests clients of moved rooms to rejoin, and closes moved and ended rooms', async (t) => {
  const api = new RoomServiceClient(livekit.url, API_KEY, API_SECRET)
  const [moved, ended, mine] = [
    await joinRoom(livekit.url, 'moved~1'),
    await joinRoom(livekit.url, 'ended~1'),
    await joinRoom(livekit.url, 'mine~1'),
  ]
  await run(livekit.url)
  await until('three rooms in reports', () => recorder.rooms().length === 3)

  const stoppedAtMs = livekit.signal('SIGSTOP')
  const down = await firstSince(stoppedAtMs, false)
  t.diagnostic(`hang reported after ${Math.round(down.atMs - stoppedAtMs)} ms`)
  recorder.directive.moved = ['moved~1']
  recorder.directive.drop = ['ended~1']
  const wokenAtMs = livekit.signal('SIGCONT')
  const back = await firstSince(wokenAtMs, true)
  t.diagnostic(`return reported after ${Math.round(back.atMs - wokenAtMs)} ms`)
  assert.equal(back.livekit.since, undefined)
  assert.deepEqual(
    new Set(back.livekit.rooms?.map(({ name }) => name)),
    new Set(['moved~1', 'ended~1', 'mine~1']),
  )

  await ended.gone
  await until('the message', () => moved.asks().length === 1)
  moved.leave()
  await until('only its own room', async () => {
    const names = (await api.listRooms()).map(({ name }) => name)
    return names.length === 1 && names[0] === 'mine~1'
  })
  assert.deepEqual(mine.asks(), [])
  await until('one room in reports', () => recorder.rooms().length === 1)
  mine.leave()
})

/** LiveKit behind a proxy that can hang, answer every path but / with an error, or go away. */
async function faultyProxy() {
  const mode = { hangs: false, broken: false }
  const port = await freePort()
  const proxy = createServer((incoming, outgoing) => {
    if (mode.hangs) return
    if (mode.broken && incoming.url !== '/') {
      outgoing.writeHead(500).end('{}')
      return
    }
    const { method, headers, url } = incoming
    const onward = request(`${livekit.url}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  const open = () => new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve))
  const close = () => {
    proxy.close()
    proxy.closeAllConnections()
  }
  await open()
  proxy.unref()
  return { url: `http://127.0.0.1:${port}`, mode, open, close }
}
const notUpWhileBroken = async (mode: { broken: boolean }) => {
  await until('the failed self-test', () => agent.output().includes('fails the self-test'))
  const failedAtMs = performance.now()
  await until('two more reports', () => recorder.reports().filter((r) => r.atMs > failedAtMs).length >= 2)
  assert.ok(recorder.reports().every((r) => r.atMs < failedAtMs || !r.livekit.up))
  assert.equal(agent.output().match(/fails the self-test/g)?.length, 1)
  mode.broken = false
  await firstSince(performance.now(), true)
}

test('after a hang it is down until it passes the self-test', async () => {
  const { url, mode, close } = await faultyProxy()
  await run(url)
  mode.hangs = true
  const hungAtMs = performance.now()
  const down = await firstSince(hungAtMs, false)
  // A proxy is not LiveKit's process: only unanswered probes show the hang.
  assert.ok(down.atMs - hungAtMs > 1_500 && down.atMs - hungAtMs < 3_500)
  Object.assign(mode, { hangs: false, broken: true })
  await notUpWhileBroken(mode)
  close()
})

test('after a restart it is down until it passes the self-test: it may be another version', async () => {
  const { url, mode, open, close } = await faultyProxy()
  await run(url)
  const goneAtMs = performance.now()
  close()
  await firstSince(goneAtMs, false)
  mode.broken = true
  await open()
  await notUpWhileBroken(mode)
  close()
})

test('the self-test passes on a LiveKit that serves and creates no room; it fails with another key and without a LiveKit', async () => {
  await run(livekit.url)
  const api = new RoomServiceClient(livekit.url, API_KEY, API_SECRET)
  const before = (await api.listRooms()).length
  const url = new URL(livekit.url)
  await livekitSelfTest({ url, apiKey: API_KEY, apiSecret: API_SECRET })()
  assert.equal((await api.listRooms()).length, before)
  await assert.rejects(livekitSelfTest({ url, apiKey: API_KEY, apiSecret: 'x'.repeat(32) })())
  const unreachable = new URL(`http://127.0.0.1:${await freePort()}`)
  await assert.rejects(livekitSelfTest({ url: unreachable, apiKey: API_KEY, apiSecret: API_SECRET })())
})
