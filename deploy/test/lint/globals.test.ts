// What code may use without importing it: nothing but values in pure folders, and the environment only in main.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { ENVIRONMENT_READERS } from '../../lint/imports/globals.ts'
import { ROWS } from '../../lint/imports/may-import.ts'
import { repoDir } from '../../setup/pins.mjs'
import type { Files } from '../support.ts'
import { type Report, lint } from './lint-tree.ts'

const planted = (folder: string, texts: Readonly<Record<string, string>>): Files =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [`${folder}/planted-${name}.ts`, `${text}\n`]),
  )

const IMPURE = planted('control-plane/src/domain', {
  now: 'export const ours = Date.now()',
  'now-alias': 'export const ours = [Date.now]',
  date: 'export const ours = new Date()',
  'date-spread': 'export const ours = (parts: [number]) => new Date(...parts)',
  'date-text': 'export const ours = Date()',
  'date-alias': 'export const ours = [Date]',
  random: 'export const ours = Math.random()',
  'random-default': 'export const ours = (random = Math.random) => random()',
  'random-computed': "export const ours = Math['random']()",
  'random-destructured': 'export const { random } = Math',
  performance: 'export const ours = performance.now()',
  crypto: 'export const ours = crypto.randomUUID()',
  fetch: "export const ours = fetch('http://localhost')",
  socket: "export const ours = new WebSocket('ws://localhost')",
  environment: "export const ours = process.env['HOME']",
  uptime: 'export const ours = process.uptime()',
  timeout: 'export const ours = setTimeout(() => {}, 1)',
  interval: 'export const ours = setInterval(() => {}, 1)',
  immediate: 'export const ours = setImmediate(() => {})',
  microtask: 'queueMicrotask(() => {})\nexport const ours = 1',
  'global-this': 'export const ours = globalThis.Date.now()',
  console: "console.log('ours')\nexport const ours = 1",
})
const PURE = planted('control-plane/src/domain', {
  values: `export const ours = (atMs: number, random: () => number) => [
  new Date(atMs).toISOString(), Date.UTC(2_000), Math.floor(random()), new Map([[Number('1'), JSON.stringify({})]]),
]
export const own = (fetch: () => string, process: { env: string }) => fetch() + process.env
export type At = Date`,
})
const ENVIRONMENT = {
  ...planted('control-plane/src/http', {
    member: "export const ours = process.env['HOME']",
    computed: "export const ours = process['env']",
    destructured: 'export const { env } = process',
    alias: 'const ours = process\nexport const all = [ours.pid]',
    import: "import { env } from 'node:process'\nexport const ours = [env]",
    'global-this': 'export const ours = globalThis.process.env',
  }),
  'edge-agent/src/config.ts': "export const ours = process.env['HOME']\n",
  'web/src/planted-mode.ts': "export const ours = import.meta.env['MODE']\n",
}
const NO_ENVIRONMENT: Files = {
  'control-plane/src/http/planted-platform.ts': 'export const ours = [process.pid, process.platform]\n',
  'control-plane/src/main.ts': 'export const ours = [process.env]\n',
  'control-plane/test/planted.ts': 'export const ours = [process.env]\n',
  'edge-agent/src/readings/clock.ts': 'export const ours = [Date.now(), Math.random()]\n',
}

/** One violation in each folder that is pure. */
const FOLDERS: Files = Object.fromEntries(
  ROWS.filter(({ pure }) => pure).map(({ path }) => [`${path}/pure.ts`, 'export const ours = Date.now()\n']),
)

describe('what is used without an import', () => {
  let report: Report
  before(async () => {
    report = await lint({ ...IMPURE, ...PURE, ...ENVIRONMENT, ...NO_ENVIRONMENT, ...FOLDERS })
  })

  for (const file of [...Object.keys(IMPURE), ...Object.keys(FOLDERS)])
    test(`a pure folder refuses it: ${file}`, () => {
      const [found] = report.in(file).filter(({ rule }) => rule === 'levee(globals)')
      assert.match(String(found?.message), / may not use \w+: .*; pass the value as an argument$/)
    })

  for (const file of Object.keys(ENVIRONMENT))
    test(`the environment is refused: ${file}`, () => {
      const [found] = report.in(file).filter(({ rule }) => rule === 'levee(globals)')
      assert.match(String(found?.message), /^the environment is read in /)
    })

  test('values, own names and what is allowed elsewhere pass', () => {
    assert.deepEqual(report.in({ ...PURE, ...NO_ENVIRONMENT }), [])
  })
})

test('the domain and the files that read the environment exist', () => {
  assert.ok(ROWS.some(({ path, pure }) => pure && path === 'control-plane/src/domain'))
  for (const file of Object.keys(ENVIRONMENT_READERS)) assert.ok(existsSync(join(repoDir, file)), file)
})
