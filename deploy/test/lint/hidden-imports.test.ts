// Ways around the import tables. A planted file makes the rule refuse each of them.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { EXCEPTIONS } from '../../lint/imports/exceptions.ts'
import { TOOL_HELPERS } from '../../lint/imports/may-import.ts'
import { repoDir } from '../../setup/pins.mjs'
import type { Files } from '../support.ts'
import { type Report, lint, value } from './lint-tree.ts'

/** Message → the body of a file in control-plane/src/http, which may not import an adapter. */
const HIDDEN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'the path of a module must be written out': {
    variable: 'export const load = (path: string) => import(path)',
    template: 'export const load = (name: string) => import(`../redis/${name}.ts`)',
    sum: "export const load = (name: string) => import('../redis/' + name)",
    'url-variable': 'export const at = (path: string) => new URL(path, import.meta.url)',
    'url-template': 'export const at = (name: string) => new URL(`../redis/${name}.ts`, import.meta.url)',
    'resolve-variable': 'export const at = (path: string) => import.meta.resolve(path)',
    'resolve-alias': 'export const at = import.meta.resolve',
    glob: "export const all = import.meta.glob('../redis/*.ts')",
  },
  'modules are loaded with import': {
    require: "export const ours = require('../redis/stores.ts')",
    'require-alias': 'export const ours = [require]',
    'import-equals': "import stores = require('../redis/stores.ts')\nexport const ours = [stores]",
    'create-require':
      "import { createRequire } from 'node:module'\nexport const ours = createRequire('/')('../redis/stores.ts')",
    register: "import { register } from 'module'\nregister('data:text/javascript,')",
    'dynamic-module': "export const ours = await import('node:module')",
    'builtin-module': "export const ours = process.getBuiltinModule('node:fs')",
    'computed-builtin-module': "export const ours = process['getBuiltinModule']('node:fs')",
    'destructured-builtin-module': 'const { getBuiltinModule: ours } = process\nexport const all = [ours]',
    'main-module': 'export const ours = process.mainModule',
  },
  'a file is named with new URL': {
    'own-url': 'export const ours = [import.meta.url]',
    dirname: 'export const ours = `${import.meta.dirname}/../redis/stores.ts`',
    filename: 'export const ours = [import.meta.filename]',
    meta: 'const { url } = import.meta\nexport const ours = [url]',
  },
  'http calls use cases': {
    url: "export const ours = new URL('../redis/stores.ts', import.meta.url)",
    'url-backticks': 'export const ours = new URL(`../redis/stores.ts`, import.meta.url)',
    'url-query': "export const ours = new URL('../redis/stores.ts?x', import.meta.url)",
    'url-encoded': "export const ours = new URL('../r%65dis/stores.ts', import.meta.url)",
    encoded: "export * from '../r%65dis/stores.ts'",
    'package-imports': "import { it } from '#redis'\nexport const ours = [it]",
    'file-url': "export const ours = () => import('file:///stores.ts')",
    resolve: "export const ours = import.meta.resolve('../redis/stores.ts')",
  },
  'is an entry point': {
    query: "export const ours = () => import('../wiring.ts?x')",
  },
  'a file exports only what its own part defines': {
    all: "export * from '../protocol/limits.ts'",
    namespace: "export * as limits from '../protocol/limits.ts'",
    named: "export { it } from '../protocol/limits.ts'",
    type: "export type { It } from '../protocol/limits.ts'",
    package: "export * from 'fastify'",
    later: "import { it } from '../protocol/limits.ts'\nexport { it }",
    default: "import { it } from '../protocol/limits.ts'\nexport default it",
    constant: "import { it } from '../protocol/limits.ts'\nexport const ours = it",
    'type-alias': "import type { It } from '../protocol/limits.ts'\nexport type Ours = It",
  },
  'eval can be harmful': { eval: "export const ours = eval('1')" },
  'Using `new Function`': { 'new-function': "export const ours = new Function('return 1')" },
}
const CASES = Object.entries(HIDDEN).flatMap(([message, texts]) =>
  Object.entries(texts).map(([name, text]) => ({
    file: `control-plane/src/http/hidden-${name}.ts`,
    message,
    text: `${text}\n`,
  })),
)
const HELPER_USES: Files = {
  ...Object.fromEntries(
    TOOL_HELPERS.map((helper, i) => [`deploy/test/helper-${i}.ts`, value(`../../${helper}`)]),
  ),
  'load-tests/test/helper.ts': value('@levee/deploy/tools/find-program'),
}
/** These are named in the tables by themselves, so they hand nothing on from the files beside them. */
const PARTS: Files = {
  'web/src/tuning.ts': "export * from './routes.ts'\n",
  'web/src/meeting/connections/index.ts': "export * from '../selection/selection.ts'\n",
}
/** The same ways where they reach nothing that is forbidden. */
const HARMLESS: Files = {
  'control-plane/src/http/harmless.ts': `
export const own = new URL('routes/rooms.ts', import.meta.url)
export const data = new URL('../../package.json', import.meta.url)
export const isProgram = import.meta.main
export const options = { require: true }
`,
  'control-plane/src/http/all.ts': "export * from './harmless.ts'\n",
  'control-plane/test/agent.ts': "export const main = new URL('../src/main.ts', import.meta.url)\n",
  'deploy/stack/tools/k6.ts': value('./go-tool.ts'),
}
/** A file that is on the list and no longer needs to be. */
const [STALE = ''] = Object.keys(EXCEPTIONS['computed-import'])

describe('ways around the import tables', () => {
  let report: Report
  before(async () => {
    const hidden = Object.fromEntries(CASES.map(({ file, text }) => [file, text]))
    report = await lint({
      ...hidden,
      ...HELPER_USES,
      ...PARTS,
      ...HARMLESS,
      [STALE]: "export const ours = 'a'\n",
    })
  })

  for (const { file, message } of CASES)
    test(`refused: ${file.slice(file.indexOf('hidden-') + 'hidden-'.length)}`, () => {
      const messages = report.in(file).map((found) => found.message)
      assert.ok(
        messages.some((text) => text.includes(message)),
        String(messages),
      )
    })

  test('what helps to find a tool is used only by the modules of the tools', () => {
    for (const file of Object.keys(HELPER_USES))
      assert.match(String(report.in(file)[0]?.message), /a tool is used through its own module/)
  })

  test('a re-export is refused between parts that the tables name', () => {
    for (const file of Object.keys(PARTS))
      assert.match(String(report.in(file)[0]?.message), /a file exports only what its own part defines/)
  })

  test('harmless uses pass', () => {
    assert.deepEqual(report.in(HARMLESS), [])
  })

  test('an exception that is no longer needed is reported', () => {
    assert.match(String(report.in(STALE)[0]?.message), /is no longer needed: remove it from computed-import/)
  })
})

test('files with exceptions exist', () => {
  for (const files of Object.values(EXCEPTIONS))
    for (const file of Object.keys(files)) assert.ok(existsSync(join(repoDir, file)), file)
})
