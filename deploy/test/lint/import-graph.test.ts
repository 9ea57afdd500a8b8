// The import graph that the test runner and the documents rely on.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { plantTree, runProgram } from '../support.ts'

/** The value of `expression` with the module loaded in a planted tree. */
async function inTree(files: Record<string, string>, expression: string): Promise<unknown> {
  const dir = plantTree(files)
  const script = `
    const { importsOf, reachableFrom } = await import(${JSON.stringify(join(dir, 'deploy/lint/import-graph.ts'))})
    const lists = ({ files, packages }) => ({ files: [...files], packages: [...packages] })
    console.log(JSON.stringify(${expression}))`
  const { code, output } = await runProgram(process.execPath, ['--input-type=module', '--eval', script])
  assert.equal(code, 0, output)
  return JSON.parse(output)
}

test('every form of import is found, and type imports are distinguished', async () => {
  const text = `import { a } from './a.ts'
import type { B } from './b.ts'
import 'react/jsx-runtime'
export * from './c.ts'
export type { D } from './d.ts'
const e = await import('./e.ts')
const f = await import(\`./f.ts\`)
type G = import('./g.ts').G
const h = new URL('h.ts', import.meta.url)
const i = new URL('/v1/rooms', 'http://localhost')
const j = new URL('../data.json', import.meta.url)
`
  const found = (await inTree({ 'web/src/all.ts': text }, `importsOf('web/src/all.ts')`)) as {
    target: string
    typesOnly: boolean
  }[]
  assert.deepEqual(
    found.map(({ target, typesOnly }) => (typesOnly ? `type ${target}` : target)),
    [
      'web/src/a.ts',
      'type web/src/b.ts',
      'react',
      'web/src/c.ts',
      'type web/src/d.ts',
      'web/src/e.ts',
      'web/src/f.ts',
      'type web/src/g.ts',
      'web/src/h.ts',
    ],
  )
})

test('files that are reachable at run time: over several files and cycles, without type imports', async () => {
  const files = {
    'web/test/a.test.ts': "import './b.ts'\nimport type { C } from './c.ts'\n",
    'web/test/b.ts': "import './a.test.ts'\nimport 'playwright-core'\nexport * from '../src/d.tsx'\n",
    'web/src/d.tsx': 'export const D = () => <p />\n',
  }
  assert.deepEqual(await inTree(files, `lists(reachableFrom('web/test/a.test.ts'))`), {
    files: ['web/test/a.test.ts', 'web/test/b.ts', 'web/src/d.tsx'],
    packages: ['playwright-core'],
  })
})

test('an import of a missing file is an error', async () => {
  const files = { 'web/src/a.ts': "import './gone.ts'\n" }
  const caught = await inTree(
    files,
    `(() => { try { reachableFrom('web/src/a.ts') } catch (e) { return e.message } })()`,
  )
  assert.equal(caught, 'web/src/a.ts imports web/src/gone.ts, which does not exist')
})
