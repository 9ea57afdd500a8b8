// Stored results of benchmarks: small summaries in Git, and a limited number of single trials on this machine.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { BENCHMARKS_DIR, writeResult, writeTrials } from '../../lib/report/files.ts'
import { readableJson } from '../../lib/report/json.ts'

/** A summary of all cases of a day takes 13 kB, their trials 360 kB. */
const SUMMARY_MAX_BYTES = 32_000

const tempDir = (t: TestContext) => {
  const dir = mkdtempSync(join(tmpdir(), 'levee-results-'))
  t.after(() => rmSync(dir, { recursive: true }))
  return dir
}

const tooLarge = (dir: string): string[] =>
  readdirSync(dir).filter(
    (name) => name.endsWith('.json') && statSync(join(dir, name)).size > SUMMARY_MAX_BYTES,
  )

test('results in Git are summaries, not single trials', () => {
  assert.deepEqual(tooLarge(BENCHMARKS_DIR), [])
})

test('a result with single trials is detected by its size', (t) => {
  const dir = tempDir(t)
  const trials = Array.from({ length: 1_000 }, (_, i) => ({ trial: i, pictureMs: 100.5, soundMs: 30.25 }))
  const render = () => ''
  writeResult('failover', { summary: { date: '2026-01-01', cases: 3 }, render }, dir)
  writeResult('failover', { summary: { date: '2026-01-02', trials }, render }, dir)
  assert.deepEqual(tooLarge(dir), ['2026-01-02-failover.json'])
})

test('only the newest files with single trials are kept', (t) => {
  const dir = tempDir(t)
  for (let i = 0; i < 30; i++)
    writeFileSync(join(dir, `2020-01-${String(i + 1).padStart(2, '0')}-old.json`), '')
  const path = writeTrials('failover', { runs: [1] }, dir)
  const left = readdirSync(dir).toSorted((a, b) => a.localeCompare(b))
  assert.equal(left.length, 20)
  assert.equal(join(dir, left.at(-1) ?? ''), path)
  assert.equal(left[0], '2020-01-12-old.json')
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), { runs: [1] })
})

test('readable JSON keeps every value, short parts on one line', () => {
  const value = {
    name: 'a\nb',
    nothing: null,
    none: [],
    ranks: { median: 1.25, worst: 2 },
    long: Array.from({ length: 3 }, (_, i) => ({ i, text: 'x'.repeat(60) })),
  }
  const text = readableJson(value)
  assert.deepEqual(JSON.parse(text), value)
  assert.match(text, /^ "ranks": \{ "median": 1\.25, "worst": 2 \},$/m)
  assert.equal(text.split('\n').length, 11)
})
