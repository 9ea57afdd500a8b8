// The meter records every gap, and a trial without a fault is refused.
// Runs alone: gaps are measured to the frame.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CreatedRoom, JoinAnswer } from '@levee/control-plane/contract'
import { type Stack, startStack } from '@levee/deploy/stack'
import { median } from '@levee/deploy/statistics'
import { until } from '@levee/deploy/until'
import type { Browser } from 'playwright-core'
import { runTrial } from '../../chaos/cases/trial.ts'
import { flushRedis, killRedis, stopRedis, stopReplicas } from '../../chaos/faults/control-plane-faults.ts'
import { type Fault, injectFault } from '../../chaos/faults/fault.ts'
import { hangLivekit, killLivekit, killNode } from '../../chaos/faults/node-faults.ts'
import { NotInjected, nodeSilent } from '../../chaos/faults/proofs.ts'
import { post } from '../../chaos/people/api.ts'
import { openChromium } from '../../chaos/people/browser.ts'
import { type Meeting, openStockMeeting } from '../../chaos/people/meeting.ts'
import { readPairs, untilStable } from '../../chaos/people/pairs.ts'
import { checkInvariants } from '../../chaos/soak/soak-invariants.ts'
import { type StockSite, startStockSite } from '../../chaos/stock/stock-site.ts'

let stack: Stack
let browser: Browser
let site: StockSite

before(async () => {
  stack = await startStack({ nodes: [{ id: 'n1', site: 'hq' }], logLevel: 'warn' })
  browser = await openChromium()
  site = await startStockSite()
})
after(async () => {
  await browser?.close()
  site?.stop()
  await stack?.stop()
})

const target = () => ({ stack, node: stack.nodes[0]! })

async function withMeeting(use: (meeting: Meeting) => Promise<void>): Promise<void> {
  const meeting = await openStockMeeting(browser, site, stack.nodes[0]!, { count: 2, canSkip: true })
  try {
    await untilStable(meeting, { forMs: 2_000, timeoutMs: 30_000 })
    await use(meeting)
  } finally {
    await meeting.close()
  }
}

test('300 ms without picture and tone at the sender are measured as 300 ms at the receiver, in real Chromium', (t) =>
  withMeeting(async (meeting) => {
    const [ann, bob] = meeting.people
    assert.ok(ann && bob)
    const pictures: number[] = []
    const sounds: number[] = []
    for (let i = 0; i < 5; i++) {
      const fromMs = Date.now()
      // Five of twenty frames per second: six times 50 ms from the frame before to the frame after.
      await ann.page.evaluate(() => {
        window.levee_devices.silence(300)
        window.levee_devices.skipFrames(5)
      })
      const seen = await until(
        async () => {
          const pair = (await readPairs(meeting, { fromMs })).find(({ to }) => to === bob.name)
          const over = Date.now() - fromMs > 1_000
          return over && pair && pair.picture.gapMs > 200 && pair.sound.gapMs > 200 ? pair : undefined
        },
        { what: 'a gap', timeoutMs: 5_000, everyMs: 100 },
      )
      pictures.push(seen.picture.gapMs)
      sounds.push(seen.sound.gapMs)
    }
    t.diagnostic(
      `picture ${pictures.map(Math.round).join(', ')}; sound ${sounds.map(Math.round).join(', ')} ms`,
    )
    // The median, because a receiver's jitter buffer changes single gaps by a packet or two.
    assert.ok(Math.abs(median(pictures) - 300) <= 20)
    assert.ok(Math.abs(median(sounds) - 300) <= 20)
  }))

test('a frame behind another picture counts when its picture comes to the front, unless it is outdated by then', () =>
  withMeeting(async (meeting) => {
    const [ann, bob] = meeting.people
    assert.ok(ann && bob)
    /** The last frame arrives behind another picture; after `ms` its picture comes to the front. */
    const showAfter = (ms: number) =>
      bob.page.evaluate(
        async ({ ms, of }) => {
          const video = document.querySelector<HTMLVideoElement>(`video[data-identity="${of}"]`)
          if (!video) throw new Error('no picture')
          video.dataset['front'] = 'false'
          await video.play()
          await new Promise((resolve) => video.requestVideoFrameCallback(resolve))
          video.pause()
          await new Promise((resolve) => setTimeout(resolve, ms))
          const nowMs = () => performance.timeOrigin + performance.now()
          const fromMs = nowMs()
          video.dataset['front'] = 'true'
          await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
          const { frames } = await window.levee_meter.read(fromMs)
          return { frames: frames[`${of}/camera`] ?? [], fromMs, toMs: nowMs() }
        },
        { ms, of: ann.identity },
      )
    const { frames, fromMs, toMs } = await showAfter(0)
    assert.equal(frames.length, 1)
    assert.ok(frames.every((ms) => ms > fromMs && ms < toMs))
    assert.deepEqual((await showAfter(300)).frames, [])
  }))

test('an element that is muted or plays nothing is not heard; a voice that is heard twice is an echo', (t) =>
  withMeeting(async (meeting) => {
    const [ann, bob] = meeting.people
    assert.ok(ann && bob)
    const bobHears = async (fromMs: number) => {
      const pair = (await readPairs(meeting, { fromMs })).find(({ to }) => to === bob.name)
      assert.ok(pair)
      return pair
    }
    let fromMs = Date.now()
    const mutedMs = await bob.page.evaluate(async () => {
      const audio = document.querySelector('audio')
      if (!audio) throw new Error('no audio element')
      const startedMs = performance.now()
      audio.muted = true
      await new Promise((resolve) => setTimeout(resolve, 300))
      audio.muted = false
      return performance.now() - startedMs
    })
    await untilStable(meeting, { forMs: 500, timeoutMs: 10_000 })
    const { sound } = await bobHears(fromMs)
    t.diagnostic(`muted for ${Math.round(mutedMs)} ms, silent for ${Math.round(sound.gapMs)} ms`)
    assert.ok(Math.abs(sound.gapMs - mutedMs) <= 20)

    fromMs = Date.now()
    await bob.page.evaluate(() => {
      const audio = document.querySelector('audio')
      if (!(audio?.srcObject instanceof MediaStream)) throw new Error('no audio element')
      const copy = document.createElement('audio')
      copy.srcObject = audio.srcObject.clone()
      copy.dataset['identity'] = audio.dataset['identity'] ?? ''
      document.body.append(copy)
      void copy.play()
    })
    await until(async () => (await bobHears(fromMs)).echoMs > 500, { what: 'an echo', timeoutMs: 10_000 })
  }))

test('a trial without a fault is refused', () =>
  withMeeting(async (meeting) => {
    const nothing: Fault = { ...killLivekit, inject: async () => {}, repair: async () => {} }
    await assert.rejects(
      runTrial({ meeting, target: target(), fault: nothing, timeoutMs: 5_000 }),
      (error: Error) => error instanceof NotInjected && /LiveKit of n1 .* is gone/.test(error.message),
    )
  }))

for (const fault of [killLivekit, killNode, hangLivekit, killRedis, stopRedis, flushRedis, stopReplicas])
  test(`the fault happens and is proven, and a fault that does nothing is detected: ${fault.what}`, async () => {
    const nothing: Fault = { ...fault, inject: async () => {} }
    await assert.rejects(injectFault(nothing, target()), NotInjected)
    const { proofs } = await injectFault(fault, target())
    assert.equal(proofs.length, fault.proofs.length)
    await fault.repair(target())
    await until(async () => (await fetch(`${stack.url}/readyz`)).ok, {
      what: 'a ready control plane',
    })
  })

test('a host that refuses connections does not count as lost', async () => {
  const node = { ...stack.nodes[0]!, url: 'ws://127.0.0.1:1' }
  const seen = { livekitPid: 0, agentPid: 0, replicaPids: [], redisPid: 0 }
  await assert.rejects(nodeSilent(seen, { stack, node }), NotInjected)
})

test('a soak finds participants that do not recover, split meetings and lost meetings', async () => {
  const { room } = await post<CreatedRoom>(`${stack.url}/v1/rooms`, {})
  const { epoch } = await post<JoinAnswer>(`${stack.url}/v1/rooms/${room}/join`, { name: 'Ann' })
  const well = { name: 'a', code: room, isWhole: async () => true, epochs: async () => [epoch] }
  const found = async (ill: Partial<typeof well>) => {
    const limits = { recoveredWithinMs: 200, splitAtMostMs: 200 }
    return (await checkInvariants(stack, [{ ...well, ...ill }], limits)).violations.join('; ')
  }
  assert.equal(await found({}), '')
  assert.match(await found({ isWhole: async () => false }), /^a: a participant had not recovered/)
  assert.match(await found({ epochs: async () => [epoch, epoch + 1] }), /^a: participants on epochs 1 and 2$/)
  assert.match(
    await found({ epochs: async () => [epoch + 1] }),
    /a newcomer is sent to epoch 1, participants are at 2/,
  )
  assert.match(await found({ code: '0'.repeat(14) }), /a newcomer is refused/)
})

test('a meeting is split if none of its rooms has all participants, according to the nodes', async () => {
  const found = async () =>
    (await checkInvariants(stack, [], { recoveredWithinMs: 200, splitAtMostMs: 200 })).violations
  const gather = (epoch: number, count: number) =>
    openStockMeeting(browser, site, stack.nodes[0]!, { count, roomName: `split~${epoch}` })
  const old = await gather(1, 1)
  const next = await gather(2, 2)
  try {
    assert.deepEqual(await found(), [], 'a participant in both rooms does not split the meeting')
    await next.people[0]!.page.context().close()
    await until(async () => (await found()).length > 0, { what: 'a split meeting', timeoutMs: 30_000 })
    assert.match((await found()).join(), /^participants in split~\d and split~\d$/)
  } finally {
    await next.close()
    await old.close()
  }
})
