/** What of a cut-off branch is kept on disk. */
import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { openBook } from '../../src/offline/journal.ts'
import { rulesText } from '../support/grant-text.ts'
import { tempDir } from '../support/support.ts'

const log = pino({ level: 'silent' })
const open = (stateDir: string, nowMs: () => number = Date.now) =>
  openBook({ stateDir, node: 'branch-1', log, nowMs })

test('rules outlive a restart, readable by their owner alone, and end with their time', async () => {
  const stateDir = await tempDir()
  const book = await open(stateDir)
  assert.equal(book.rules(), undefined)
  const text = rulesText({ node: 'branch-1', forSec: 60 })
  book.setRules(text)
  await book.saved()
  assert.equal((await stat(join(stateDir, 'branch-1.alone.json'))).mode & 0o777, 0o600)
  const again = await open(stateDir)
  assert.equal(again.rules()?.text, text)
  assert.equal(again.rules()?.may, 'start')
  assert.equal((await open(stateDir, () => Date.now() + 61_000)).rules(), undefined)
})

test('rules of another node, or none at all, are not taken', async () => {
  const book = await open(await tempDir())
  const claims = (change: object) => `a.${Buffer.from(JSON.stringify(change)).toString('base64url')}.c`
  for (const text of [
    rulesText({ node: 'branch-2', forSec: 60 }),
    'x',
    '',
    'a.!!.c',
    claims({ node: 'branch-1', site: 's', shard: '', may: 'all', exp: 9e9 }),
    claims({ node: 'branch-1', site: 's', shard: '', may: 'join' }),
  ])
    book.setRules(text)
  assert.equal(book.rules(), undefined)
})

test('many changes at once are few writings, and the last is whole', async () => {
  const stateDir = await tempDir()
  const book = await open(stateDir)
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => {
      book.given.set(`room-${i}`, { epoch: i, atMs: Date.now() })
      return book.save()
    }),
  )
  assert.equal((await open(stateDir)).given.size, 100)
  assert.deepEqual(await readdir(stateDir), ['branch-1.alone.json'])
})

test('a file that cannot be read is begun anew; a disk that takes nothing keeps nobody out', async () => {
  const stateDir = await tempDir()
  const path = join(stateDir, 'branch-1.alone.json')
  await writeFile(path, '{"given":')
  const book = await open(stateDir)
  assert.equal(book.given.size, 0)
  await book.save()
  assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), { lastEpoch: 0, given: [], made: [] })
  const nowhere = await open(join(path, 'no-folder'))
  nowhere.setRules(rulesText({ node: 'branch-1', forSec: 60 }))
  await nowhere.save()
  assert.ok(nowhere.rules())
})
