// Published tables show what their summaries contain.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { placementMarkdown } from '../../benchmarks/placement/report/report.ts'
import { failoverMarkdown } from '../../chaos/report/failover-report.ts'
import { costMarkdown } from '../../chaos/report/standby-cost-report.ts'
import { BENCHMARKS_DIR } from '../../lib/report/files.ts'

const RENDERERS: Readonly<Record<string, (summary: never) => string>> = {
  failover: failoverMarkdown,
  placement: placementMarkdown,
  'standby-cost': costMarkdown,
}

const summaries = readdirSync(BENCHMARKS_DIR).flatMap((name) => {
  const [, base, what] = /^(\d{4}-\d\d-\d\d-(.+))\.json$/.exec(name) ?? []
  const render = what === undefined ? undefined : RENDERERS[what]
  return base !== undefined && render ? [{ base, render }] : []
})

test('there are published summaries', () => {
  assert.ok(summaries.length >= 4)
})

for (const { base, render } of summaries)
  test(`${base}.md is rendered from its summary`, () => {
    const read = (extension: string) => readFileSync(join(BENCHMARKS_DIR, `${base}.${extension}`), 'utf8')
    assert.equal(read('md'), `${render(JSON.parse(read('json')) as never)}\n`)
  })
