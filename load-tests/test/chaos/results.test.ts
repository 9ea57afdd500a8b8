import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { CASES } from '../../chaos/cases/cases.ts'
import { writeFailover } from '../../chaos/report/results.ts'
import type { CaseRun } from '../../chaos/cases/run-case.ts'

const DATE = '2026-01-02'

/** One trial in which every participant missed this much. */
function run(name: string, gapMs: number): CaseRun {
  const missed = { gapMs, restoredMs: gapMs }
  return {
    name,
    spec: CASES[name]!,
    people: 2,
    skipped: [],
    trials: [
      {
        pairs: [{ from: 'Ann', to: 'Bob', picture: missed, sound: missed, echoMs: 0 }],
        baseline: { pictureMs: 50, soundMs: 0 },
        proofs: [],
        notes: [],
        broken: [],
        foreignCores: 0,
        restCores: 1.25,
        disturbedBy: [],
        unrecovered: false,
      },
    ],
  }
}

test('cases that run later on a day are added; a case that runs again replaces its earlier result', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'levee-results-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const kept = () => {
    const base = join(dir, `${DATE}-failover`)
    const { cases } = JSON.parse(readFileSync(`${base}.json`, 'utf8')) as {
      cases: { case: string; figures: { picture: { worst: number } }; trials?: unknown }[]
    }
    assert.ok(
      cases.every(({ trials }) => trials === undefined),
      'no single trials',
    )
    return {
      cases: cases.map((one) => `${one.case} ${one.figures.picture.worst}`),
      markdown: readFileSync(`${base}.md`, 'utf8'),
    }
  }
  writeFailover({ runs: [run('kill-warm', 111), run('stop-warm', 222)] }, DATE, dir)
  writeFailover({ runs: [run('stop-warm', 333), run('kill-cold', 444)] }, DATE, dir)
  const { cases, markdown } = kept()
  assert.deepEqual(cases, ['kill-cold 444', 'kill-warm 111', 'stop-warm 333'])
  for (const figure of ['111', '333', '444']) assert.match(markdown, new RegExp(`\\b${figure} / ${figure}`))
  assert.doesNotMatch(markdown, /222/)
  assert.match(markdown, /\b1\.25\b/, 'cores that the meeting used at rest')
  const columns = markdown.match(/^\|.*\|$/gm)?.map((line) => line.split('|').length)
  assert.equal(new Set(columns).size, 1, 'every row has the same number of cells')
})
