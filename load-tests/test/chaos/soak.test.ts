// Storms of faults everywhere, for two minutes in `npm run soak`: every participant recovers, and no meeting is split or
// lost.
// Runs alone: participants must recover within seconds.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { soakSize } from '@levee/deploy/soak'
import { soak } from '../../chaos/soak/soak.ts'

/** A storm takes about 20 s. */
const MINUTES = soakSize(120, 30) / 60

/**
 * A new seed in every run finds more, and its failure can be repeated. In CI the seed is fixed, so that the result depends
 * only on the change under test.
 */
const CI_SEED = 21
const seed = Number(process.env['LEVEE_SOAK_SEED'] ?? (process.env['CI'] ? CI_SEED : randomInt(1_000_000)))

test(`${MINUTES} minutes of storms, without browsers, seed ${seed}`, async (t) => {
  t.diagnostic(`repeat: npm run chaos -- soak --people 0 --minutes ${MINUTES} --seed ${seed}`)
  const { signal } = t
  const log = (line: string) => t.diagnostic(line)
  const run = await soak({ minutes: MINUTES, seed, signal, log })
  assert.deepEqual(run.violations, [])
  const conclusive = run.storms - run.inconclusive
  assert.ok(conclusive >= soakSize(3), `${run.storms} storms, ${run.inconclusive} of them inconclusive`)
  assert.ok(Object.keys(run.faults).length >= soakSize(3), `only ${Object.keys(run.faults).join(', ')}`)
})
