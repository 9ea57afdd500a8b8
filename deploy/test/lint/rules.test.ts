// The other rules of the linter. A planted file makes each of them fire.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { FACTS } from '../../lint/rules/named-numbers-rule.ts'
import { UNTRANSLATED } from '../../lint/rules/technical-literals.ts'
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
const inMarkup = (texts: Record<string, string>): Files =>
  Object.fromEntries(
    Object.entries(texts).map(([name, jsx]) => [
      `web/src/start/${name}.tsx`,
      `export const Ours = ({ who, here }: { who: string; here: boolean }) => (here && who ? ${jsx} : null)\n`,
    ]),
  )
const TEXTS = inMarkup({
  child: '<p>Hello</p>',
  container: "<p>{'Hello'}</p>",
  condition: "<p>{here ? 'Yes' : who}</p>",
  glued: '<p>{`Hello ${who}`}</p>',
  sum: "<p>{'Hello ' + who}</p>",
  attribute: '<p aria-label="Hello" />',
  choice: "<p title={here ? who : 'Nobody'} />",
})
/** Other rules may report these too. */
const DISGUISED_TEXTS = inMarkup({
  prop: '<Notice heading="yes" />',
  'prop-of-any-name': '<Notice subject="Nothing works" />',
  'one-word': '<Notice subject="Hello" />',
  'one-capital-word': '<Notice subject="OK" />',
  'children-prop': '<Notice children="hello" />',
  'aria-placeholder': '<p aria-placeholder="hello" />',
  'aria-text': '<p aria-braillelabel="hello" />',
  submit: '<input type="submit" value="send" />',
  spread: "<p {...{ title: 'hello' }} />",
  cast: "<p>{'hello' as string}</p>",
  'non-null': "<p>{'hello'!}</p>",
  satisfies: "<p>{'hello' satisfies string}</p>",
  array: "<p>{['hello', who]}</p>",
  join: "<p>{['hello', who].join(' ')}</p>",
  map: "<p>{[who].map(() => 'hello')}</p>",
  trimmed: "<p>{'hello'.trim()}</p>",
  inserted: "<p>{`${here ? 'hello' : who}`}</p>",
  fallback: "<p>{who ?? 'hello'}</p>",
  handler: "<p onClick={() => say('Hello')} />",
  html: '<p dangerouslySetInnerHTML={{ __html: who }} />',
  'html-spread': '<p {...{ dangerouslySetInnerHTML: { __html: who } }} />',
})
const component = (before: string, jsx: string) => `${before}\nexport const Ours = () => ${jsx}\n`
/** Texts that are not in the markup itself. */
const HIDDEN_TEXTS: Files = Object.fromEntries(
  Object.entries({
    constant: component("const text = 'hello'", '<p>{text}</p>'),
    'constant-below': "export const Ours = () => <p>{text}</p>\nconst text = 'hello'\n",
    'constant-object': component("const text = { hi: 'hello' } as const", '<p>{text.hi}</p>'),
    'constant-array': component("const texts = ['hello']", '<p>{texts[0]}</p>'),
    'constant-props': component("const props = { title: 'hello' }", '<p {...props} />'),
    'constant-words': component("const text = 'nothing works'", '<Notice {...of(text)} />'),
    'constant-one-word': component("const text = 'Hello'", '<Notice {...of(text)} />'),
    'constant-other-script': component("const text = 'привет'", '<Notice {...of(text)} />'),
    'constant-template': component(
      'const text = (n: number) => `${n} people`',
      '<Notice {...of(text(2))} />',
    ),
    default: "export const Ours = ({ text = 'hello' }: { text?: string }) => <p>{text}</p>\n",
    alert: "export const ours = () => alert('hello')\n",
    confirm: 'export const ours = () => window.confirm(`hello`)\n',
    prompt: "export const ours = () => globalThis.prompt('hello')\n",
    'document-title': "export const ours = () => {\n  document.title = 'hello'\n}\n",
    'text-content': "export const ours = (e: Element) => {\n  e.textContent = 'hello'\n}\n",
    'inner-html': 'export const ours = (e: Element, s: string) => {\n  e.innerHTML = s\n}\n',
    'inserted-html': "export const ours = (e: Element, s: string) => e.insertAdjacentHTML('beforeend', s)\n",
    attribute: "export const ours = (e: Element) => e.setAttribute('aria-label', 'hello')\n",
    'create-element': "export const ours = () => createElement('p', null, 'hello')\n",
    'own-macro': component('const msg = String.raw', '<Notice {...of(msg`Hello`)} />'),
  }).map(([name, source]) => [`web/src/start/hidden-${name}.tsx`, source]),
)
/** A file without markup. */
const TEXT_MODULE: Files = { 'web/src/start/texts.ts': "export const TEXT = 'Nothing works'\n" }

/** Markup without text of its own, and literals that are not for people. */
const NO_TEXT: Files = {
  'web/src/start/technical.tsx': `import { msg } from '@lingui/core/runtime-macro'
import styles from './Some Styles.module.css'
type Kind = 'Some kind' | 'Other kind'
const MESSAGE = msg\`Nothing works\`
export const ours = (kind: Kind, key: string) => {
  if (kind === 'Some kind' || key === 'Enter') throw new RangeError('No such kind')
  console.warn('No such key', MESSAGE)
  switch (kind) {
    case 'Other kind':
      return fetch('/v1', { method: 'POST', headers: { 'Content-Type': 'text/plain, text/html' } })
  }
  return (
    <p className="one two" data-kind="Some kind" aria-describedby="one two" style={{ font: 'bold 1rem Inter' }}>
      <svg viewBox="0 0 1 1">
        <path d="M0 0 L1 1" className={\`\${styles['Some class']} other\`} />
      </svg>
    </p>
  )
}
`,
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
    'camel-case': 'const retryDelay = 500',
    'exported-camel-case': 'export const retryDelay = 500',
    variable: 'let retryDelay = 500',
    object: 'const RETRY = { startMs: 20, onlyOnce: true }',
    nested: 'export const retry = { pauses: { first: 20 } } satisfies object',
    frozen: 'const retry = Object.freeze({ startMs: 20 })',
    'big-int': 'const LIMIT = 500n',
    'called-big-int': 'const limit = BigInt(500)',
    array: 'const PAUSES_MS = [20, 40]',
    'typed-array': 'const pauses = new Uint16Array([20, 40])',
    set: 'const CODES = new Set([502, 503])',
    map: "const pauses = new Map([['first', 20]])",
    factor: 'const RETRY_MS = 60 * SECOND_MS',
    sum: 'const lineHeight = rowPx + 12',
    'static-member': 'export class Retry {\n  static delay = 500\n}',
    'private-static-member':
      'export class Retry {\n  static readonly #delay = 5 * 100\n  delay = () => Retry.#delay\n}',
    one: 'const RETRIES = 1',
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
    "export const NAMES = ['a']\nexport const WORD = 'b'\nexport const SUM = count + 1\n",
  'web/src/other-numbers.ts': `let next = 0
export const START = { count: 0, step: 1, names: [], since: undefined }
export const RANK = { first: 0, second: 1, third: 2 }
export const share = (done: number) => {
  const percent = done * 100
  next++
  return { percent, next, rest: 100 - percent }
}
export class Counter {
  count = 20
}
`,
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
  'web/src/stale.ts': "export const ours = 'a'\n",
}

describe('rules of the linter', () => {
  let clean: Report
  let dirty: Report
  let pending: Report
  before(async () => {
    ;[clean, dirty, pending] = await Promise.all([
      lint({ ...TEST, ...NO_TEXT, ...NO_NUMBERS, 'deploy/h.ts': types('./i.ts') }),
      lint({
        ...CYCLE,
        ...TYPE_CYCLES,
        ...FAULTS,
        ...TEXTS,
        ...DISGUISED_TEXTS,
        ...HIDDEN_TEXTS,
        ...TEXT_MODULE,
        ...NUMBERS,
      }),
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

  for (const file of Object.keys({ ...DISGUISED_TEXTS, ...HIDDEN_TEXTS, ...TEXT_MODULE }))
    test(`text in disguise is reported: ${file.slice('web/src/start/'.length)}`, () => {
      const rules = dirty.in(file).map(({ rule }) => rule)
      assert.equal(rules.filter((rule) => rule === 'levee(literal-text)').length, 1, String(rules))
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

test('files with numbers that a format or standard defines, or with untranslated words, exist', () => {
  for (const file of Object.keys({ ...FACTS, ...UNTRANSLATED }))
    assert.ok(existsSync(join(repoDir, file)), file)
})
