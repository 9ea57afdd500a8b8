// Storms at everything, two minutes in `npm run soak`: nobody is stuck, no meeting is split, no meeting is lost.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { test } from 'node:test'
import { soakSize } from '../../../deploy/stack/soak.ts'
import { soak } from '../../chaos/soak/soak.ts'

/** Below half a minute no storm is over. */
const MINUTES = soakSize(120, 30) / 60

/**
 * Other blows each time; what a run finds comes again with its seed. CI has one for all: what it says is about the change
 * that it tests.
 */
const CI_SEED = 21
const seed = Number(process.env['LEVEE_SOAK_SEED'] ?? (process.env['CI'] ? CI_SEED : randomInt(1_000_000)))

test(`${MINUTES} minutes of storms, people without browsers, seed ${seed}`, async (t) => {
  t.diagnostic(`again: npm run chaos -- soak --people 0 --minutes ${MINUTES} --seed ${seed}`)
  const { signal } = t
  const tell = (line: string) => t.diagnostic(line)
  const run = await soak({ minutes: MINUTES, seed, browsers: 0, signal, tell })
  assert.deepEqual(run.violations, [])
  assert.ok(run.storms - run.voided >= soakSize(3), `${run.storms} storms, ${run.voided} of them void`)
  assert.ok(Object.keys(run.blows).length >= soakSize(3), `only ${Object.keys(run.blows).join(', ')}`)
})
