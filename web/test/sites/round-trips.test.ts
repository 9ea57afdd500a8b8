import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'
import { measureSites, nearestSite, type Probe } from '../../src/sites/round-trips.ts'

/** Duration of each request to a site in ms, in turn; 'down': refused at once; 'mute': never answered. */
type Connection = readonly number[] | 'down' | 'mute'

const site = (name: string) => ({ site: name, probeUrl: `http://${name}/` })

/** Requests over these connections, by a clock that only the test moves. */
function network(connections: Record<string, Connection>) {
  const sent: string[] = []
  const probe: Probe = (url, over) => {
    const name = new URL(url).host
    const connection = connections[name] ?? 'down'
    const turn = sent.filter((other) => other === name).length
    sent.push(name)
    if (connection === 'down') return Promise.reject(new TypeError('Failed to fetch'))
    return new Promise((resolve, reject) => {
      over.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
      if (connection !== 'mute') setTimeout(resolve, connection[turn])
    })
  }
  return { probe, sent }
}

/** Lets `ms` pass one by one, so that everything that follows from an answer happens before the next. */
async function pass(ms: number): Promise<void> {
  for (let i = 0; i < ms; i++) {
    mock.timers.tick(1)
    // One round of the loop: every promise that this millisecond settled has had its turn.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Measures over `connections` for `ms`, then returns the results. */
async function measure(connections: Record<string, Connection>, ms: number, over = new AbortController()) {
  const times = new Map<string, number>()
  const { probe, sent } = network(connections)
  let done = false
  const measuring = measureSites(Object.keys(connections).map(site), times, {
    probe,
    nowMs: () => Date.now(),
    over: over.signal,
  }).then(() => (done = true))
  await pass(ms)
  return { times, sent, isDone: () => done, measuring, over }
}

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'Date'] }))
afterEach(() => mock.timers.reset())

describe('round trips', () => {
  test('the first request pays for the connection and does not count; the shorter of two is taken', async () => {
    const { times, sent, isDone } = await measure({ hq: [9, 31, 24], branch: [120, 15, 40] }, 200)
    assert.deepEqual([times.get('hq'), times.get('branch')], [24, 15])
    assert.equal(sent.length, 6)
    assert.ok(isDone())
  })

  test('sites are measured in parallel, the requests to one of them in turn', async () => {
    const { sent } = await measure({ hq: [10, 10, 10], branch: [30, 30, 30] }, 25)
    assert.deepEqual(sent, ['hq', 'branch', 'hq', 'hq'])
  })

  test('a site that refuses or does not answer is left out and does not affect the others', async () => {
    const { times, isDone, over, measuring } = await measure(
      { hq: 'down', branch: [9, 8, 7], depot: 'mute' },
      100,
    )
    assert.deepEqual([...times], [['branch', 7]])
    assert.equal(isDone(), false)
    over.abort()
    await measuring
    assert.deepEqual([...times.keys()], ['branch'])
  })

  test('partial results can be used', async () => {
    const { times } = await measure({ hq: [50, 20, 500], branch: [300, 300, 300] }, 100)
    assert.deepEqual([...times], [['hq', 20]])
  })

  test('after the end no result is added and no request is sent', async () => {
    const { times, sent, over, measuring } = await measure({ hq: [10, 40, 10] }, 30)
    over.abort()
    await pass(100)
    await measuring
    assert.deepEqual([...times], [])
    assert.deepEqual(sent, ['hq', 'hq'])
  })

  test('a request that is answered after the end does not count and is the last', async () => {
    for (const last of [1, 2]) {
      const times = new Map<string, number>()
      const over = new AbortController()
      let asked = 0
      const probe = () => {
        if (++asked === last) over.abort()
        return Promise.resolve()
      }
      await measureSites([site('hq')], times, { probe, nowMs: () => Date.now(), over: over.signal })
      assert.deepEqual([asked, times.size], [last, 0])
    }
  })

  test('without sites there is no request', async () => {
    const { sent, isDone } = await measure({}, 1)
    assert.deepEqual(sent, [])
    assert.ok(isDone())
  })
})

describe('the nearest', () => {
  const sites = [site('hq'), site('branch'), site('depot')]
  const nearest = (times: Record<string, number>) => nearestSite(sites, new Map(Object.entries(times)))

  test('the shortest round trip wins', () => {
    assert.equal(nearest({ hq: 45, branch: 12, depot: 30 }), 'branch')
  })

  test('differences below 5 ms are random: then the likeliest that was measured wins', () => {
    assert.equal(nearest({ hq: 12.9, branch: 8, depot: 30 }), 'hq')
    assert.equal(nearest({ hq: 13, branch: 8 }), 'branch')
    assert.equal(nearest({ branch: 9, depot: 5 }), 'branch')
  })

  test('without a measurement no site is nearest', () => {
    assert.equal(nearest({}), undefined)
    assert.equal(nearest({ elsewhere: 1 }), undefined)
  })
})
