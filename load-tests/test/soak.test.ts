// Two minutes of storms at everything: nobody is stuck, no meeting is split, no meeting is lost.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { SoakRun } from '../chaos/soak.ts'

const MAIN = fileURLToPath(new URL('../chaos/main.ts', import.meta.url))
const MINUTES = 2

/**
 * Other blows each time; what a run finds comes again with its seed. CI has one for all: what it says is about the change
 * that it tests.
 */
const CI_SEED = 21
const seed = Number(process.env['LEVEE_SOAK_SEED'] ?? (process.env['CI'] ? CI_SEED : randomInt(1_000_000)))

// In a process of its own: LiveKit’s native library would keep this one.
test(`${MINUTES} minutes of storms, people without browsers, seed ${seed}`, async (t) => {
  t.diagnostic(`again: npm run chaos -- soak --people 0 --minutes ${MINUTES} --seed ${seed}`)
  const args = ['soak', '--people', '0', '--minutes', String(MINUTES), '--seed', String(seed)]
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  t.after(() => child.kill('SIGKILL'))
  assert.ok(child.stdout && child.stderr)
  createInterface(child.stderr).on('line', (line) => t.diagnostic(line))
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  const { storms, blows, violations } = JSON.parse(output) as SoakRun
  assert.deepEqual(violations, [])
  assert.equal(code, 0)
  assert.ok(storms >= 3, `${storms} storms`)
  assert.ok(Object.keys(blows).length >= 3, `only ${Object.keys(blows).join(', ')}`)
})
