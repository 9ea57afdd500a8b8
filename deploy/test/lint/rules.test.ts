// The other rules of the linter. A planted file makes each of them fire.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { FACTS } from '../../lint/rules/named-numbers-rule.ts'
import { repoDir } from '../../setup/pins.mjs'
import type { Files } from '../support.ts'
import { type Report, lint, types, value } from './lint-tree.ts'

const CYCLE: Files = {
  'deploy/a.ts': "import { b } from './b.ts'\nexport const a = () => b\n",
  'deploy/b.ts': "import { c } from './c.ts'\nexport const b = () => c\n",
  'deploy/c.ts': "import { a } from './a.ts'\nexport const c = () => a\n",
}
/** One import is a type, in each of the two notations. */
const TYPE_CYCLES: Files = {
  'deploy/d.ts': "import type { E } from './e.ts'\nexport const d: E = 1\n",
  'deploy/e.ts': "import { d } from './d.ts'\nexport type E = number\nexport const e = () => d\n",
  'deploy/f.ts': "import { type G } from './g.ts'\nexport const f: G = 1\n",
  'deploy/g.ts': "import { f } from './f.ts'\nexport type G = number\nexport const g = () => f\n",
}
const FAULTS: Files = {
  'deploy/any.ts': 'export const ours: any = 1\n',
  'deploy/floating.ts': 'const work = async () => 1\nwork()\n',
  'deploy/typed.ts': 'export const ours = async () => {\n  for (const n of [1]) await n\n}\n',
  'deploy/excuse.ts': '// eslint-disable-next-line no-debugger\nexport const ours = 1\n',
}
const TEXTS: Files = Object.fromEntries(
  Object.entries({
    child: '<p>Hello</p>',
    container: "<p>{'Hello'}</p>",
    condition: "<p>{here ? 'Yes' : who}</p>",
    glued: '<p>{`Hello ${who}`}</p>',
    sum: "<p>{'Hello ' + who}</p>",
    attribute: '<p aria-label="Hello" />',
    choice: "<p title={here ? who : 'Nobody'} />",
  }).map(([name, jsx]) => [
    `web/src/start/${name}.tsx`,
    `export const Ours = ({ who, here }: { who: string; here: boolean }) => (here && who ? ${jsx} : null)\n`,
  ]),
)
/** Markup without text of its own, and a literal that is not shown. */
const NO_TEXT: Files = {
  'web/src/start/no-text.tsx':
    'export const Ours = ({ who }: { who: string }) => (\n  <p className="who" title={who}>\n    {who === \'me\' && <b>{who}</b>} · {1}\n  </p>\n)\n',
}
const NUMBERS: Files = Object.fromEntries(
  Object.entries({
    literal: 'const RETRY_MS = 500',
    product: 'export const TTL_SEC = 12 * 3_600',
    power: 'const LIMIT_BYTES = 2 ** 20 - 1',
    negative: 'const LEAST = -(5 + 1)',
    asserted: 'const STEPS = 50 as const',
    inside: 'const f = () => {\n  const STEPS = 50\n  return STEPS\n}',
  }).map(([name, text], i) => [
    `${['control-plane', 'edge-agent', 'web'][i % 3]}/src/number-${name}.ts`,
    `${text}\nexport const ours = 1\n`,
  ]),
)
const NO_NUMBERS: Files = {
  'control-plane/src/tuning/placement.ts': 'export const RETRY_MS = 500\n',
  'control-plane/src/protocol/limits.ts': 'export const RETRY_MS = 500\n',
  'edge-agent/src/tuning/agent.ts': 'export const RETRY_MS = 500\n',
  'web/src/tuning.ts': 'export const RETRY_MS = 500\n',
  'web/src/meeting/tuning.ts': 'export const RETRY_MS = 500\n',
  'web/src/no-numbers.ts':
    "const count = 3\nexport const NAMES = ['a']\nexport const WORD = 'b'\nexport const SUM = count + 1\n",
  'web/test/number.ts': 'export const RETRY_MS = 500\n',
}
/** A test is registered, not awaited. */
const TEST: Files = { 'deploy/a.test.ts': "import { test } from 'node:test'\ntest('one', async () => {})\n" }

const PENDING: Files = {
  'deploy/lint/pending.ts': `export type Rule = string
export const PENDING: Record<string, readonly string[]> = {
  'may-import': ['web/src/needed.ts -> control-plane/src/config.ts', 'web/src/stale.ts -> control-plane/src/config.ts'],
  'named-numbers': ['web/src/needed.ts', 'web/src/stale.ts'],
  'file-length': [],
  'folder-size': [],
  'raw-colours': [],
}
`,
  'web/src/needed.ts': `${value('../../control-plane/src/config.ts')}export const RETRY_MS = 500\n`,
  'web/src/stale.ts': 'export const ours = 1\n',
}

describe('rules of the linter', () => {
  let clean: Report
  let dirty: Report
  let pending: Report
  before(async () => {
    ;[clean, dirty, pending] = await Promise.all([
      lint({ ...TEST, ...NO_TEXT, ...NO_NUMBERS, 'deploy/h.ts': types('./i.ts') }),
      lint({ ...CYCLE, ...TYPE_CYCLES, ...FAULTS, ...TEXTS, ...NUMBERS }),
      lint(PENDING),
    ])
  })

  test('correct files pass, and were read', () => {
    assert.deepEqual(clean.found, [])
    assert.equal(clean.code, 0)
    assert.ok(clean.files > Object.keys(NO_NUMBERS).length)
  })

  for (const [name, files] of Object.entries({ values: CYCLE, types: TYPE_CYCLES }))
    test(`a cycle of imports is reported in each of its files: ${name}`, () => {
      assert.deepEqual(
        dirty
          .in(files)
          .map(({ file, rule }) => `${file} ${rule}`)
          .toSorted(),
        Object.keys(files).map((file) => `${file} import(no-cycle)`),
      )
    })

  for (const file of Object.keys(TEXTS))
    test(`text in a component is reported: ${file.slice('web/src/start/'.length)}`, () => {
      assert.deepEqual(
        dirty.in(file).map(({ rule }) => rule),
        ['levee(literal-text)'],
      )
    })

  for (const file of Object.keys(NUMBERS))
    test(`a named number outside tuning is reported: ${file}`, () => {
      const rules = dirty.in(file).map(({ rule }) => rule)
      assert.ok(rules.includes('levee(named-numbers)'), String(rules))
    })

  test('any, an unhandled promise, a fault that only types show and a needless exception are reported', () => {
    const rules = Object.fromEntries(
      dirty.in(FAULTS).map(({ file, rule, message }) => [file, rule || message]),
    )
    assert.equal(rules['deploy/any.ts'], 'typescript(no-explicit-any)')
    assert.equal(rules['deploy/floating.ts'], 'typescript(no-floating-promises)')
    assert.equal(rules['deploy/typed.ts'], 'typescript(await-thenable)')
    assert.match(rules['deploy/excuse.ts'] ?? '', /^Unused eslint-disable directive/)
  })

  test('pending exceptions are accepted, and reported when they are no longer needed', () => {
    assert.deepEqual(pending.found.map(({ file, message }) => `${file}: ${message}`).toSorted(), [
      'web/src/stale.ts: “web/src/stale.ts -> control-plane/src/config.ts” is no longer needed: remove it from deploy/lint/pending.ts',
      'web/src/stale.ts: “web/src/stale.ts” is no longer needed: remove it from deploy/lint/pending.ts',
    ])
  })
})

test('files with numbers that a format or standard defines exist', () => {
  for (const file of Object.keys(FACTS)) assert.ok(existsSync(join(repoDir, file)), file)
})
