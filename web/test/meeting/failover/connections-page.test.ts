import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { answerOf } from '../fake-room.ts'
import { next } from '../../../src/meeting/failover/machine/next.ts'
import { INITIAL_STATE } from '../../../src/meeting/failover/machine/state.ts'
import { LINKS, namesInTables, PAGE, withTables } from './transition-tables.ts'

const page = readFileSync(PAGE, 'utf8')
/** The formatter aligns tables. */
const compact = (text: string) => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---').trim()

/** The words in code style that begin the lines of a list or table under a heading. */
function listedUnder(heading: string): string[] {
  const [, rest = ''] = page.split(`\n## ${heading}\n`)
  const [section = ''] = rest.split('\n## ')
  return [...section.matchAll(/^(?:- |\| )`([\w-]+)`/gm)].map(([, name = '']) => name)
}
const sorted = (names: Iterable<string>) => [...names].toSorted()

test('the tables of the page are those of the code (node web/test/meeting/failover/transition-tables.ts updates them)', () => {
  assert.equal(compact(page), compact(withTables(page)))
})

test('every condition and action of the tables is explained, and nothing else', () => {
  assert.deepEqual(sorted([...listedUnder('Conditions'), ...listedUnder('Actions')]), sorted(namesInTables()))
})

test('every effect is explained, and nothing else', () => {
  const source = readFileSync(
    new URL('../../../src/meeting/failover/machine/events.ts', import.meta.url),
    'utf8',
  )
  const [, union = ''] = source.split('export type Effect =')
  const types = [...union.matchAll(/\| \{ type: '([\w-]+)'/g)].map(([, type = '']) => type)
  assert.ok(types.length > 20)
  assert.deepEqual(sorted(listedUnder('Effects')), sorted(types))
})

test('every link and every flag of a connection is explained, and nothing else', () => {
  assert.deepEqual(sorted(listedUnder('Links')), sorted(LINKS))
  const { state } = next(INITIAL_STATE, { type: 'begin', nowMs: 0, answer: answerOf(1) })
  const flags = Object.entries(state.connections[0] ?? {}).filter(([, value]) => typeof value === 'boolean')
  assert.deepEqual(sorted(listedUnder('Flags')), sorted(flags.map(([name]) => name)))
})
