// Sizes of files and folders and raw colours, in a planted tree.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Files, plantTree, runProgram } from '../support.ts'

const lines = (count: number) => '\n'.repeat(count - 1) + '//\n'
const folder = (path: string, count: number): Files =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${path}/file-${i}.ts`, '//\n']))

const pending = (rules: Record<string, readonly string[]>): Files => {
  const all = {
    'may-import': [],
    'named-numbers': [],
    'file-length': [],
    'folder-size': [],
    'raw-colours': [],
    ...rules,
  }
  return { 'deploy/lint/pending.ts': `export const PENDING = ${JSON.stringify(all)}\n` }
}

const layout = (files: Files) => layoutIn(plantTree(files))

async function layoutIn(dir: string) {
  const { code, output } = await runProgram(process.execPath, [join(dir, 'deploy/lint/layout.ts')], {
    cwd: dir,
  })
  const found = output.trim().split('\n')
  assert.match(found.pop() ?? '', /^Checked the layout on \d+ files\.$/, output)
  return { code, found }
}

test('files and folders within their limits pass', async () => {
  const { code, found } = await layout({
    ...folder('web/src/ui', 13),
    ...folder('web/src/ui/icons', 15),
    'web/src/long.ts': lines(200),
    'control-plane/src/contract/rooms.ts': lines(300),
    'control-plane/src/redis/lua/lib/rooms.lua': lines(300),
    'web/src/ui/base.css': lines(300),
    'web/src/ui/tokens.css': ':root { --ink: #111; }\n',
    'web/test/long.test.ts': lines(900),
    ...folder('web/test', 20),
  })
  assert.deepEqual(found, [])
  assert.equal(code, 0)
})

test('a file that is too long, a folder that is too full and a raw colour are reported', async () => {
  const { code, found } = await layout({
    ...folder('web/src/ui', 16),
    'edge-agent/src/long.ts': lines(201),
    'control-plane/src/contract/rooms.ts': lines(301),
    'control-plane/src/redis/lua/rooms/join.lua': lines(201),
    'control-plane/src/redis/lua/lib/rooms.lua': lines(301),
    'web/src/chat/chat.css': `${lines(301)}.a { color: #fff; }\n`,
    'web/src/chat/Chat.tsx': "export const ours = { color: '#ffffff' }\n",
  })
  assert.deepEqual(found, [
    'control-plane/src/contract/rooms.ts has 301 lines, more than 300',
    'control-plane/src/redis/lua/lib/rooms.lua has 301 lines, more than 300',
    'control-plane/src/redis/lua/rooms/join.lua has 201 lines, more than 200',
    'edge-agent/src/long.ts has 201 lines, more than 200',
    'web/src/chat/chat.css has 302 lines, more than 300',
    'web/src/ui holds 16 source files, more than 15',
    'web/src/chat/Chat.tsx:1 has the colour #ffffff: use a variable of web/src/ui/tokens.css',
    'web/src/chat/chat.css:302 has the colour #fff: use a variable of web/src/ui/tokens.css',
  ])
  assert.equal(code, 1)
})

test('the limits apply to every extension and every folder; only tests are exempt', async () => {
  const long = [
    'control-plane/src/http/contract/a.ts',
    'control-plane/src/test/a.ts',
    'deploy/stack/e2e/a.ts',
    'edge-agent/.hidden/a.ts',
    'edge-agent/src/.hidden.ts',
    'load-tests/lib/a.cts',
    'load-tests/lib/b.js',
    'load-tests/lib/c.mjs',
    'load-tests/lib/d.mts',
    'web/src/lua/lib/a.lua',
    'web/src/ui/a.jsx',
  ]
  const { found } = await layout({
    ...Object.fromEntries(long.map((file) => [file, lines(201)])),
    ...Object.fromEntries(
      ['control-plane', 'edge-agent', 'web', 'deploy', 'load-tests'].map((name) => [
        `${name}/test/a.ts`,
        lines(900),
      ]),
    ),
    'web/e2e/support/a.ts': lines(900),
    // Ignored by git, so build output.
    'web/dist/a.js': lines(900),
    'var/a.ts': lines(900),
  })
  assert.deepEqual(
    found,
    long.map((file) => `${file} has 201 lines, more than 200`),
  )
})

test('what hides a file from the linter is reported', async () => {
  const dir = plantTree({
    'web/src/dist/a.ts': 'export const a = 1\n',
    'web/src/.oxlintrc.json': '{}\n',
    'scripts/a.ts': 'export const a = 1\n',
  })
  await runProgram('git', ['add', '--force', 'web/src/dist/a.ts'], { cwd: dir })
  const { found } = await layoutIn(dir)
  assert.deepEqual(found, [
    'web/src/dist/a.ts is tracked although .gitignore names it: the other checks skip it',
    'web/src/.oxlintrc.json would change the rules for its folder: only the root has such a file',
    'scripts/a.ts is in no row of the import tables: add one in deploy/lint/imports',
  ])
})

test('comments that switch rules off: only named rules, with a reason, and never the import tables', async () => {
  const directive = (text: string) => `// oxlint-disable${text}\nexport const ours = 1\n`
  const { found } = await layout({
    'web/src/a.ts': directive(''),
    'web/src/b.ts': directive('-next-line -- every rule'),
    'web/src/c.ts': directive(' levee/may-import -- a reason'),
    'web/src/d.ts': directive('-next-line no-eval, import/no-cycle -- a reason'),
    'web/src/e.ts': directive('-line no-eval'),
    'web/src/f.ts': '\n/* eslint-disable\n   levee/globals -- a reason */\nexport const ours = 1\n',
    'web/src/g.tsx': 'export const Ours = () => <p>{/* eslint-disable-line */}</p>\n',
    'web/src/h.ts': directive('-next-line may-import -- a reason'),
    'web/src/right.ts': directive('-next-line no-eval -- a reason'),
    'web/src/text.ts': "export const ours = '// oxlint-disable'\n",
  })
  const table = 'off: exceptions from this rule are entries of its table'
  assert.deepEqual(found, [
    'web/src/a.ts:1 switches every rule off: name the rule',
    'web/src/b.ts:1 switches every rule off: name the rule',
    `web/src/c.ts:1 switches levee/may-import ${table}`,
    `web/src/d.ts:1 switches no-eval, import/no-cycle ${table}`,
    'web/src/e.ts:1 switches no-eval off without a reason: add “-- reason”',
    `web/src/f.ts:2 switches levee/globals ${table}`,
    'web/src/g.tsx:1 switches every rule off: name the rule',
    `web/src/h.ts:1 switches may-import ${table}`,
  ])
})

test('files that import each other are reported, in every form of import', async () => {
  const type = (name: string) => `export type Ours = [import('./${name}.ts').Ours]\n`
  const { found } = await layout({
    'web/src/a.ts': type('b'),
    'web/src/b.ts': type('a'),
    'web/src/c.ts': "export const load = () => import('./d.ts')\n",
    'web/src/d.ts': "export const load = () => import('./e.ts')\n",
    'web/src/e.ts': 'export const load = () => import(`./c.ts`)\n',
    'web/src/f.ts': "import type { G } from './g.ts'\nexport type F = G[]\n",
    'web/src/g.ts': `export type G = [import('./f.ts').F]\n`,
    'web/src/h.ts': "import { h } from './h.ts'\nexport const i = [h]\n",
    // No cycle: two ways lead to the same file.
    'web/src/x.ts': "import './y.ts'\nimport './z.ts'\n",
    'web/src/y.ts': "import './z.ts'\n",
    'web/src/z.ts': "export const program = new URL('x.ts', import.meta.url)\n",
  })
  const group = (...names: string[]) =>
    `these files import each other: ${names.map((name) => `web/src/${name}.ts`).join(', ')}`
  assert.deepEqual(found, [group('a', 'b'), group('c', 'd', 'e'), group('f', 'g'), group('h')])
})

test('pending exceptions are accepted, and reported when they are no longer needed', async () => {
  const { found } = await layout({
    'edge-agent/src/long.ts': lines(201),
    ...pending({
      'file-length': ['edge-agent/src/long.ts', 'edge-agent/src/short.ts'],
      'raw-colours': ['web/src/chat/chat.css'],
      'may-import': ['web/src/gone.ts -> web/src/other.ts'],
    }),
  })
  assert.deepEqual(found, [
    '“edge-agent/src/short.ts” is no longer needed: remove it from file-length in deploy/lint/pending.ts',
    '“web/src/chat/chat.css” is no longer needed: remove it from raw-colours in deploy/lint/pending.ts',
    'web/src/gone.ts does not exist: remove it from deploy/lint/pending.ts',
  ])
})
