// The documents agree with the code: the operations guide names every setting and every problem code, links work.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { importsOf } from '../../lint/import-graph.ts'
import { repoDir } from '../../setup/pins.mjs'

const read = (path: string) => readFileSync(join(repoDir, path), 'utf8')
const all = (text: string, pattern: RegExp) =>
  new Set([...text.matchAll(pattern)].map(([, name = '']) => name))

const documents = globSync('{README.md,docs/**/*.md}', { cwd: repoDir })
assert.ok(documents.length > 5)

const guide = read('docs/operations.md')
const named = all(
  // One row may name several endings of a setting: `LEVEE_CAPACITY_CPU_CORES`, `_TRACKS`.
  guide.replaceAll(/, `(_[A-Z_]+)`/g, ', `LEVEE_CAPACITY$1`'),
  /(LEVEE_[A-Z_]*[A-Z])/g,
)

const SETTINGS: Record<string, RegExp> = {
  'control-plane/src/config.ts': /'(LEVEE_[A-Z_]+)'/g,
  'edge-agent/src/config.ts': /'(LEVEE_[A-Z_]+)'/g,
  'deploy/local/start.ts': /['"](LEVEE_[A-Z_]+)['"]/g,
}

test('every setting is in the guide, and the guide names no other', () => {
  const settings = new Set<string>()
  for (const [file, pattern] of Object.entries(SETTINGS)) {
    const found = all(read(file), pattern)
    assert.ok(found.size > 2, `no settings were found in ${file}`)
    for (const name of found) settings.add(name)
  }
  // Read with process.env by the setup.
  settings.add('LEVEE_CACHE_DIR').add('LEVEE_DATA_DIR')
  assert.deepEqual([...named].toSorted(), [...settings].toSorted())
})

test('every code of a refusal is in the guide', () => {
  const codes = all(read('control-plane/src/protocol/problems/problem-table.ts'), /^ {2}([a-z_]+): \{/gm)
  assert.ok(codes.size > 15, 'the codes were not found')
  for (const code of codes) assert.ok(guide.includes(`\`${code}\``), `${code} is not in the guide`)
})

test('every metric of the guide exists', () => {
  const sources = globSync('{control-plane,edge-agent}/src/**/*.ts', { cwd: repoDir }).map(read).join('')
  const agents = all(guide, /`levee_agent_([a-z_]+)/g)
  const planes = all(guide, /`(levee_(?!agent)[a-z_]+)/g)
  assert.ok(agents.size > 0 && planes.size > 3)
  for (const name of [...agents, ...planes])
    // The agent’s counters get their ending in one place.
    assert.ok(
      [name, name.replace(/_total$/, '')].some((known) => sources.includes(`'${known}'`)),
      name,
    )
})

test('links between documents lead somewhere', () => {
  for (const document of documents) {
    for (const target of all(read(document), /\]\((?!https?:|#)([^)#\s]+)/g)) {
      const path = normalize(join(dirname(document), target))
      assert.ok(globSync(path, { cwd: repoDir }).length === 1, `${document}: ${target}`)
    }
  }
})

// The lists themselves are checked in test/lint/call-path.test.ts.
for (const [title, starts] of [
  ['Life of a join', ['Before that', 'After that']],
  ['Life of a report', ['Before that', 'After that']],
  ['Life of a crash', ['After that', 'In the control plane', 'Back in the browser']],
] as const)
  test(`architecture, ${title}: the paragraphs around the list lead through files that import each other`, () => {
    const section = read('docs/architecture.md').split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? ''
    const linked = [...filesIn(section)]
    for (const start of starts) {
      const paragraph =
        section
          .trim()
          .split('\n\n')
          .find((text) => text.startsWith(start)) ?? ''
      const [first, ...others] = [...filesIn(paragraph)]
      assert.ok(first, `“${start}” links no file`)
      for (const file of others)
        assert.ok(
          linked.some((from) => !from.endsWith('.lua') && imports(from, file)),
          `no file of “${title}” imports ${file}`,
        )
    }
  })

const filesIn = (text: string) => all(text, /\]\(\.\.\/([^)#\s]+)\)/g)
const imports = (from: string, file: string) => importsOf(from).some(({ target }) => target === file)

test('no document has the marks of a merge that was not finished', () => {
  // The formatter of Markdown takes the last of them for quotes in quotes.
  const mark = /^(<{7} |={7}$|(> ?){7})/m
  const unfinished = ['<<<<<<< HEAD', '=======', '>>>>>>> theirs', '> > > > > > > theirs']
  for (const line of unfinished) assert.match(`text\n${line}\n`, mark)
  for (const document of documents) assert.doesNotMatch(read(document), mark, document)
})
