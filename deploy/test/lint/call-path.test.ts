// The checker of the lists in docs/architecture.md that follow one request through the code.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { callPathProblems, listedFiles } from '../../lint/call-path.ts'
import { type Files, plantTree, runProgram } from '../support.ts'

const CP = 'control-plane/src'

const DOCUMENT = `# Architecture

## Life of a join

Text before the list.

1. [client.ts](../web/src/api/client.ts): posts the request
2. [rooms.ts](../${CP}/http/routes/rooms.ts): checks the name
3. [join-room.ts](../${CP}/use-cases/rooms/join-room.ts)
4. [rooms-store.ts](../${CP}/redis/rooms-store.ts)
5. [place-rooms.lua](../${CP}/redis/lua/rooms/place-rooms.lua)

## Next

1. [other.ts](other.ts)
`

/** A join from the browser to the script, each step of another kind. */
const TREE: Files = {
  'docs/architecture.md': DOCUMENT,
  'web/src/api/client.ts': 'export const join = (code: string) => fetch(`/v1/rooms/${code}/join`)\n',
  [`${CP}/http/routes/rooms.ts`]: `import { joinRoom } from '../../use-cases/rooms/join-room.ts'
export const routes = [{ path: '/v1/rooms/:room/join', handler: joinRoom }]
`,
  [`${CP}/use-cases/rooms/join-room.ts`]: `import type { RoomsStore } from '../../domain/rooms.ts'
export const joinRoom = (rooms: RoomsStore) => rooms.place('room')
`,
  [`${CP}/domain/rooms.ts`]:
    'export interface RoomsStore {\n  place(room: string): void\n  end(room: string): void\n}\n',
  [`${CP}/redis/rooms-store.ts`]: `import type { RoomsStore } from '../domain/rooms.ts'
import { defineScript } from './scripts.ts'
const script = defineScript('rooms/place-rooms')
export const createRoomsStore = (): RoomsStore => ({ place: (room) => script(room), end: () => {} })
`,
  [`${CP}/redis/scripts.ts`]:
    'export const defineScript = (name: string) => (room: string) => void (name + room)\n',
  [`${CP}/redis/lua/rooms/place-rooms.lua`]: '-- @include clock\n-- @include placement/find-room\n',
  [`${CP}/redis/lua/placement/find-room.lua`]: '--\n',
  [`${CP}/redis/lua/lib/clock.lua`]: '--\n',
}

async function problems(
  files: Files,
  expression = "callPathProblems(listedFiles('docs/architecture.md', 'Life of a join'))",
) {
  const dir = plantTree({ ...TREE, ...files })
  const script = `
    const { callPathProblems, listedFiles } = await import(${JSON.stringify(join(dir, 'deploy/lint/call-path.ts'))})
    console.log(JSON.stringify(${expression}))`
  const { output } = await runProgram(process.execPath, ['--input-type=module', '--eval', script])
  return output.startsWith('[') ? (JSON.parse(output) as string[]) : [output]
}

describe('a list of files', () => {
  test('passes when each file imports or calls the next', async () => {
    assert.deepEqual(await problems({}), [])
  })

  test('includes of Lua count, of a library and of another folder', async () => {
    const place = `${CP}/redis/lua/rooms/place-rooms.lua`
    for (const next of ['placement/find-room', 'lib/clock'])
      assert.deepEqual(
        await problems({}, `callPathProblems(['${place}', '${CP}/redis/lua/${next}.lua'])`),
        [],
      )
    const [wrong] = await problems(
      { [place]: '-- find-room\n' },
      `callPathProblems(['${place}', '${CP}/redis/lua/placement/find-room.lua'])`,
    )
    assert.match(wrong ?? '', /neither imports nor calls/)
  })

  for (const [what, file, text] of [
    ['requests another route', 'web/src/api/client.ts', 'export const join = () => fetch(`/v1/rooms/x`)\n'],
    [
      'imports only types',
      `${CP}/http/routes/rooms.ts`,
      "import type { joinRoom } from '../../use-cases/rooms/join-room.ts'\nexport const routes: [string, typeof joinRoom][] = []\nexport const path = '/v1/rooms/:room/join'\n",
    ],
    [
      'calls no method of the port',
      `${CP}/use-cases/rooms/join-room.ts`,
      "import type { RoomsStore } from '../../domain/rooms.ts'\nexport const joinRoom = (rooms: RoomsStore) => rooms\n",
    ],
    [
      'names another script',
      `${CP}/redis/rooms-store.ts`,
      "import type { RoomsStore } from '../domain/rooms.ts'\nexport const createRoomsStore = (): RoomsStore => ({ place: () => 'rooms/end-room', end: () => {} })\n",
    ],
  ] as const)
    test(`fails when a file ${what}`, async () => {
      const found = await problems({ [file]: text })
      assert.equal(found.length, 1)
      assert.ok(found[0]?.startsWith(`${file} neither imports nor calls `), String(found[0]))
    })

  test('fails when a file is missing, has 200 lines, or when there are more than five', async () => {
    const gone = DOCUMENT.replace('routes/rooms.ts)', 'routes/gone.ts)')
    assert.deepEqual(await problems({ 'docs/architecture.md': gone }), [
      `${CP}/http/routes/gone.ts does not exist`,
    ])
    const client = `${String(TREE['web/src/api/client.ts'])}${'//\n'.repeat(199)}`
    assert.deepEqual(await problems({ 'web/src/api/client.ts': client }), [
      'web/src/api/client.ts has 200 lines, not under 200',
    ])
    const six = DOCUMENT.replace(
      '\n\n## Next',
      `\n6. [find-room.lua](../${CP}/redis/lua/placement/find-room.lua)\n\n## Next`,
    )
    assert.deepEqual(await problems({ 'docs/architecture.md': six }), ['6 files, more than 5'])
  })

  test('fails when there is no list, or an item without a file', async () => {
    assert.deepEqual(await problems({ 'docs/architecture.md': '# Architecture\n\n## Life of a join\n' }), [
      'there is no list of files',
    ])
    const [noFile] = await problems({
      'docs/architecture.md': '\n## Life of a join\n\n1. The browser asks.\n',
    })
    assert.match(noFile ?? '', /“Life of a join”: no file is linked first in “1\. The browser asks\.”/)
  })
})

for (const title of ['Life of a join', 'Life of a report', 'Life of a crash'])
  test(`docs/architecture.md: ${title}`, () => {
    assert.deepEqual(callPathProblems(listedFiles('docs/architecture.md', title)), [])
  })
