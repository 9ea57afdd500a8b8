// The placement protocol against the real scripts on a real Redis: 200,000 random steps in `npm run soak`, a tenth in
// `npm test`.
// A failure names its seed; LEVEE_TEST_SEED=… repeats the walk.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { soakSize } from '../../../deploy/stack/soak.ts'
import { startModelRedis, type ModelRedis } from './redis.ts'
import { walk } from './walk.ts'

const EPISODES = soakSize(25)
const STEPS = 4_000

let redis: ModelRedis
let stop: () => Promise<void>
before(async () => ({ redis, stop } = await startModelRedis()))
after(() => stop())

const wantedSeed = process.env['LEVEE_TEST_SEED']
const first = wantedSeed === undefined ? Math.floor(Math.random() * 1e9) : Number(wantedSeed)
const episodes = wantedSeed === undefined ? EPISODES : 1

for (const kind of ['single', 'cluster'] as const)
  test(`${EPISODES * STEPS} random steps keep one node per room and epoch, and every sum true (${kind})`, async (t) => {
    const sum = { steps: 0, answers: 0, moves: 0, rewinds: 0 }
    const refusals = new Set<string>()
    for (let i = 0; i < episodes; i++) {
      const walked = await walk({ redis, kind, seed: first + i, steps: STEPS })
      for (const name of ['steps', 'answers', 'moves', 'rewinds'] as const) sum[name] += walked[name]
      for (const code of walked.refusals.keys()) refusals.add(code)
    }
    t.diagnostic(
      `seeds ${first} … ${first + episodes - 1}: ${JSON.stringify(sum)}, refused: ${[...refusals].join(' ')}`,
    )
    if (wantedSeed !== undefined) return
    // A walk in which little happens proves nothing.
    assert.ok(sum.answers > sum.steps / 20, 'participants got in')
    assert.ok(sum.moves > soakSize(100) && sum.rewinds > soakSize(20), 'rooms moved and Redis lost writes')
    for (const code of ['no_node', 'fleet_full', 'store_recovering', 'room_not_found'])
      assert.ok(refusals.has(code), `${code} came up`)
  })
