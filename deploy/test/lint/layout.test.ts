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

async function layout(files: Files) {
  const dir = plantTree(files)
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
