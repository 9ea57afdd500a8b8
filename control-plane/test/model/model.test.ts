// The placement protocol against the real scripts on a real Redis: 200,000 random steps in `npm run soak`, a tenth in
// `npm test`.
// A failure names its seed; LEVEE_TEST_SEED=… repeats the walk.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { soakSize } from '../../../deploy/stack/soak.ts'
import { startModelRedis, type ModelRedis } from './redis.ts'
import { walk } from './walk.ts'

const FULL_EPISODES = 25
const EPISODES = soakSize(FULL_EPISODES)
const STEPS = 4_000
/** Refusals that must come up, because a walk without them proves too little. */
const EXPECTED_REFUSALS = ['no_node', 'fleet_full', 'store_recovering', 'room_not_found']

let redis: ModelRedis
let stop: () => Promise<void>
before(async () => ({ redis, stop } = await startModelRedis()))
after(() => stop())

const wantedSeed = process.env['LEVEE_TEST_SEED']
const first = wantedSeed === undefined ? Math.floor(Math.random() * 1e9) : Number(wantedSeed)

for (const kind of ['single', 'cluster'] as const)
  test(`${EPISODES * STEPS} random steps keep one node per room and epoch, and every sum correct (${kind})`, async (t) => {
    const sum = { steps: 0, answers: 0, moves: 0, storeLosses: 0 }
    const refusals = new Set<string>()
    let episodes = 0
    const isVaried = () => EXPECTED_REFUSALS.every((code) => refusals.has(code))
    // A short walk may miss a rare refusal, so it is continued until all have come up.
    const goesOn = () => episodes < EPISODES || (episodes < FULL_EPISODES && !isVaried())
    while (wantedSeed === undefined ? goesOn() : episodes < 1) {
      const walked = await walk({ redis, kind, seed: first + episodes++, steps: STEPS })
      for (const name of ['steps', 'answers', 'moves', 'storeLosses'] as const) sum[name] += walked[name]
      for (const code of walked.refusals.keys()) refusals.add(code)
    }
    t.diagnostic(
      `seeds ${first} … ${first + episodes - 1}: ${JSON.stringify(sum)}, refused: ${[...refusals].join(' ')}`,
    )
    if (wantedSeed !== undefined) return
    assert.ok(sum.answers > sum.steps / 20, 'participants got in')
    assert.ok(
      sum.moves > soakSize(100) && sum.storeLosses > soakSize(20),
      'rooms moved and Redis lost writes',
    )
    for (const code of EXPECTED_REFUSALS) assert.ok(refusals.has(code), `${code} came up`)
  })
