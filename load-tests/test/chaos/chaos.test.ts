// The meter sees what it must see, and a trial in which nothing was struck is refused.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import type { CreatedRoom, JoinAnswer } from '@levee/control-plane/contract'
import type { Browser } from 'playwright-core'
import { median } from '@levee/deploy/statistics'
import { type Stack, startStack } from '../../../deploy/stack/stack.ts'
import { isAlive, until } from '../../../deploy/stack/until.ts'
import { openChromium } from '../../chaos/people/browser.ts'
import { foreignCores, markCpu, ownCores } from '../../chaos/measure/machine-cpu.ts'
import {
  type Fault,
  flushRedis,
  hangLivekit,
  killLivekit,
  killNode,
  killRedis,
  stopRedis,
  stopReplicas,
  strike,
} from '../../chaos/faults/faults.ts'
import { echoMs, gapsOf, lengthMs, soundOf, stretchOf } from '../../chaos/measure/gaps.ts'
import { type Meeting, calm, gatherStock, post, readPairs } from '../../chaos/people/meeting.ts'
import { NotStruck, nodeSilent } from '../../chaos/faults/proofs.ts'
import { planStorms } from '../../chaos/soak/soak-plan.ts'
import { inspect } from '../../chaos/soak/soak-invariants.ts'
import { type StockSite, startStockSite } from '../../chaos/stock/stock-site.ts'
import { runTrial } from '../../chaos/cases/trial.ts'

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

const span = (fromMs: number, toMs = fromMs) => ({ fromMs, toMs })
const target = () => ({ stack, node: stack.nodes[0]! })

async function withMeeting(use: (meeting: Meeting) => Promise<void>): Promise<void> {
  const meeting = await gatherStock(browser, site, stack.nodes[0]!, { count: 2, canSkip: true })
  try {
    await calm(meeting, { forMs: 2_000, timeoutMs: 30_000 })
    await use(meeting)
  } finally {
    await meeting.close()
  }
}

test('a gap is as long as it was, wherever the window begins; one that never ended ends with the window', () => {
  const frames = [0, 50, 100, 400, 450].map((ms) => span(ms))
  assert.deepEqual(gapsOf(frames, span(200, 500)).map(lengthMs), [300, 50, 50])
  assert.deepEqual(gapsOf(frames, span(460, 2_000)).map(lengthMs), [1_550])
  assert.deepEqual(gapsOf([], span(100, 300)).map(lengthMs), [200])
  const sound = [span(0, 250), span(200, 300), span(360, 500)]
  assert.deepEqual(gapsOf(sound, span(100, 500)), [span(300, 360)])
  assert.deepEqual(gapsOf([span(0, 500)], span(100, 400)), [])
  assert.deepEqual(stretchOf([span(90, 300), span(400, 460)], span(100, 500), 150), {
    gapMs: 210,
    restoredMs: 200,
  })
})

test('sound counts only while an element lets it out, and two copies of a voice are an echo', () => {
  const reading = {
    atMs: 1_000,
    frames: {},
    loud: { old: [span(0, 600)], new: [span(100, 1_000)], other: [span(0, 1_000)] },
    open: [
      { identity: 'ann', track: 'old', ...span(0, 500) },
      { identity: 'ann', track: 'new', ...span(480, 1_000) },
      { identity: 'bob', track: 'other', ...span(0, 300) },
    ],
  }
  assert.deepEqual(gapsOf(soundOf(reading, 'ann'), span(0, 1_000)), [])
  assert.deepEqual(gapsOf(soundOf(reading, 'bob'), span(0, 1_000)), [span(300, 1_000)])
  assert.equal(echoMs(reading, 'ann', span(0, 1_000)), 20)
  assert.equal(echoMs(reading, 'bob', span(0, 1_000)), 0)
})

test('300 ms without camera and tone at the sender are 300 ms at the receiver, in real Chromium', (t) =>
  withMeeting(async (meeting) => {
    const [ann, bob] = meeting.people
    assert.ok(ann && bob)
    const pictures: number[] = []
    const sounds: number[] = []
    for (let i = 0; i < 5; i++) {
      const fromMs = Date.now()
      // Five of twenty frames a second: from the one before to the one after are six times 50 ms.
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
    // The median: a receiver’s buffer stretches and squeezes single silences by a packet or two.
    assert.ok(Math.abs(median(pictures) - 300) <= 20)
    assert.ok(Math.abs(median(sounds) - 300) <= 20)
  }))

test('a frame that came behind is seen once its picture comes to the front, unless it is old by then', () =>
  withMeeting(async (meeting) => {
    const [ann, bob] = meeting.people
    assert.ok(ann && bob)
    /** One frame comes behind, and is the last; after so long it comes to the front. */
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

test('an element that is muted, or that plays nothing, is not heard; one that is heard twice is an echo', (t) =>
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
    await calm(meeting, { forMs: 500, timeoutMs: 10_000 })
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

test('a trial in which nothing was struck is refused', () =>
  withMeeting(async (meeting) => {
    const nothing: Fault = { ...killLivekit, strike: async () => {}, mend: async () => {} }
    await assert.rejects(
      runTrial({ meeting, target: target(), fault: nothing, patienceMs: 5_000 }),
      (error: Error) => error instanceof NotStruck && /LiveKit of n1 .* is gone/.test(error.message),
    )
  }))

for (const fault of [killLivekit, killNode, hangLivekit, killRedis, stopRedis, flushRedis, stopReplicas])
  test(`the blow falls and is proven, and its no-op is found out: ${fault.what}`, async () => {
    const nothing: Fault = { ...fault, strike: async () => {} }
    await assert.rejects(strike(nothing, target()), NotStruck)
    const { proofs } = await strike(fault, target())
    assert.equal(proofs.length, fault.proofs.length)
    await fault.mend(target())
    await until(async () => (await fetch(`${stack.url}/readyz`)).ok, {
      what: 'the control plane being ready',
    })
  })

test('a host that refuses has not vanished', async () => {
  const node = { ...stack.nodes[0]!, url: 'ws://127.0.0.1:1' }
  const seen = { livekitPid: 0, agentPid: 0, replicaPids: [], redisPid: 0 }
  await assert.rejects(nodeSilent(seen, { stack, node }), NotStruck)
})

test('the seed of a soak replays its storms; each spares a node and strikes nothing twice', () => {
  const storms = (seed: number) => {
    const plan = planStorms({ seed, nodes: 3, replicas: 2 })
    return Array.from({ length: 200 }, () => plan.next().value)
  }
  assert.deepEqual(storms(7), storms(7))
  assert.notDeepEqual(storms(7), storms(8))
  const kinds = new Set<string>()
  for (const { blows, spared } of storms(7)) {
    const struck = blows.map(({ kind, which }) => {
      kinds.add(kind)
      if (kind === 'replica') return `replica ${which}`
      if (kind === 'redis' || kind === 'flush' || kind === 'wipe') return 'redis'
      assert.notEqual(which, spared)
      return `node ${which}`
    })
    assert.equal(new Set(struck).size, struck.length)
  }
  assert.equal(kinds.size, 9)
})

test('a soak finds out who is stuck, what is split and what is lost', async () => {
  const { room } = await post<CreatedRoom>(`${stack.url}/v1/rooms`, {})
  const { epoch } = await post<JoinAnswer>(`${stack.url}/v1/rooms/${room}/join`, { name: 'Ann' })
  const well = { name: 'a', code: room, isTalking: async () => true, epochs: async () => [epoch] }
  const found = async (ill: Partial<typeof well>) => {
    const limits = { backWithinMs: 200, splitAtMostMs: 200 }
    return (await inspect(stack, [{ ...well, ...ill }], limits)).violations.join('; ')
  }
  assert.equal(await found({}), '')
  assert.match(await found({ isTalking: async () => false }), /^a: somebody was stuck/)
  assert.match(await found({ epochs: async () => [epoch, epoch + 1] }), /^a: people on epochs 1 and 2$/)
  assert.match(
    await found({ epochs: async () => [epoch + 1] }),
    /a newcomer is sent to epoch 1, people are at 2/,
  )
  assert.match(await found({ code: '0'.repeat(14) }), /a newcomer is refused/)
})

test('a meeting is split when none of its rooms has everybody, by the word of the nodes', async () => {
  const found = async () => (await inspect(stack, [], { backWithinMs: 200, splitAtMostMs: 200 })).violations
  const gather = (epoch: number, count: number) =>
    gatherStock(browser, site, stack.nodes[0]!, { count, roomName: `halves~${epoch}` })
  const old = await gather(1, 1)
  const next = await gather(2, 2)
  try {
    assert.deepEqual(await found(), [], 'who is on both is no half')
    await next.people[0]!.page.context().close()
    await until(async () => (await found()).length > 0, { what: 'a split meeting', timeoutMs: 30_000 })
    assert.match((await found()).join(), /^people in halves~\d and halves~\d$/)
  } finally {
    await next.close()
    await old.close()
  }
})

/** Burns CPU for half a second. */
const BURN = ['-e', 'for (const end = Date.now() + 500; Date.now() < end;);']

test('what our children use is ours, also when they are gone; what others use is foreign', async () => {
  const mark = markCpu()
  await once(spawn(process.execPath, BURN), 'exit')
  const own = (ownCores(mark) * (performance.now() - mark.atMs)) / 1000
  assert.ok(own > 0.1, `${own} s are ours`)
  // An orphan: its parent ends at once.
  const shell = spawn('sh', ['-c', `"${process.execPath}" -e "${BURN[1]}" & echo $!`])
  const pid = Number(await text(shell.stdout))
  await until(() => !isAlive(pid), { what: 'the end of the orphan' })
  const foreign = (foreignCores(mark) * (performance.now() - mark.atMs)) / 1000
  assert.ok(foreign > 0.1, `${foreign} s are foreign`)
})
