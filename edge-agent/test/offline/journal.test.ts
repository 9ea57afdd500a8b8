/** What offline mode stores on disk. */
import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { pino } from 'pino'
import { openJournal } from '../../src/offline/journal.ts'
import { grantText } from '../support/grant-text.ts'
import { tempDir } from '../support/workplace.ts'

const log = pino({ level: 'silent' })
const open = (stateDir: string, nowMs: () => number = Date.now) =>
  openJournal({ stateDir, node: 'branch-1', log, nowMs })

test('a grant outlives a restart, is readable by its owner only, and expires', async () => {
  const stateDir = await tempDir()
  const journal = await open(stateDir)
  assert.equal(journal.grant(), undefined)
  const text = grantText({ node: 'branch-1', forSec: 60 })
  journal.setGrant(text)
  await journal.saved()
  assert.equal((await stat(join(stateDir, 'branch-1.offline.json'))).mode & 0o777, 0o600)
  const again = await open(stateDir)
  assert.equal(again.grant()?.text, text)
  assert.equal(again.grant()?.may, 'start')
  assert.equal((await open(stateDir, () => Date.now() + 61_000)).grant(), undefined)
})

test('a grant of another node, and a text that is not a grant, are ignored', async () => {
  const journal = await open(await tempDir())
  const claims = (change: object) => `a.${Buffer.from(JSON.stringify(change)).toString('base64url')}.c`
  for (const text of [
    grantText({ node: 'branch-2', forSec: 60 }),
    'x',
    '',
    'a.!!.c',
    claims({ node: 'branch-1', site: 's', shard: '', may: 'all', exp: 9e9 }),
    claims({ node: 'branch-1', site: 's', shard: '', may: 'join' }),
  ])
    journal.setGrant(text)
  assert.equal(journal.grant(), undefined)
})

test('many changes at once cause few writes, and the last one is complete', async () => {
  const stateDir = await tempDir()
  const journal = await open(stateDir)
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => {
      journal.assigned.set(`room-${i}`, { epoch: i, atMs: Date.now() })
      return journal.save()
    }),
  )
  assert.equal((await open(stateDir)).assigned.size, 100)
  assert.deepEqual(await readdir(stateDir), ['branch-1.offline.json'])
})

test('a damaged file is replaced by an empty journal; participants can join even if the disk fails', async () => {
  const stateDir = await tempDir()
  const path = join(stateDir, 'branch-1.offline.json')
  await writeFile(path, '{"assigned":')
  const journal = await open(stateDir)
  assert.equal(journal.assigned.size, 0)
  await journal.save()
  assert.deepEqual(JSON.parse(await readFile(path, 'utf8')), { lastEpoch: 0, assigned: [], rooms: [] })
  const nowhere = await open(join(path, 'no-folder'))
  nowhere.setGrant(grantText({ node: 'branch-1', forSec: 60 }))
  await nowhere.save()
  assert.ok(nowhere.grant())
})
