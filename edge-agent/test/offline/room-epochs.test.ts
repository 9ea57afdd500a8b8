/** One room, one epoch: also for a crowd, over a restart, and when the clock runs back. */
import { OFFLINE_EPOCHS } from '@levee/control-plane/protocol/epochs'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { openBook } from '../../src/offline/journal.ts'
import { aloneNames, type Names } from '../../src/offline/room-epochs.ts'
import { tempDir } from '../support/support.ts'

type RoomId = Parameters<Names['nameFor']>[0]
const ROOM = '0123456789abcdef' as RoomId
const OTHER = 'fedcba9876543210' as RoomId
const log = pino({ level: 'silent' })

/** `ticksMs`: how far the clock goes each time it is read. */
async function play(stateDir?: string, ticksMs = 0) {
  const dir = stateDir ?? (await tempDir())
  const clock = { nowMs: 1_800_000_000_000 }
  const live: string[] = []
  const nowMs = () => (clock.nowMs += ticksMs)
  const book = await openBook({ stateDir: dir, node: 'branch-1', log, nowMs })
  const names = aloneNames({ book, listRooms: async () => live, nowMs })
  return { dir, clock, live, book, names }
}

test('a crowd of fifty gets one name, above all that the control plane gives', async () => {
  const { names } = await play(undefined, 1_000)
  const given = await Promise.all(Array.from({ length: 50 }, () => names.nameFor(ROOM)))
  const [name, ...others] = new Set(given.map(({ name }) => name))
  assert.deepEqual([name, others], [`${ROOM}~${OFFLINE_EPOCHS + 1_800_000_001}`, []])
})

test('a restart in the middle of a crowd changes nothing: what was told is on disk', async () => {
  const { dir, names } = await play()
  const first = await names.nameFor(ROOM)
  const again = await play(dir)
  again.clock.nowMs += 60_000
  assert.deepEqual(await again.names.nameFor(ROOM), first)
})

test('where people are already, the highest epoch; not one that was told to be over', async () => {
  const { live, names } = await play()
  live.push(`${ROOM}~3`, `${ROOM}~5`, `${OTHER}~9`, 'self-test')
  assert.equal((await names.nameFor(ROOM)).epoch, 5)
  names.over([`${ROOM}~5`])
  assert.equal((await names.nameFor(ROOM)).epoch, 3)
  names.over([`${ROOM}~3`])
  const { epoch } = await names.nameFor(ROOM)
  assert.ok(epoch > OFFLINE_EPOCHS)
  names.over([`${ROOM}~${epoch}`])
  assert.equal((await names.nameFor(ROOM)).epoch, epoch + 1)
  assert.deepEqual(await names.namesOf(ROOM), [`${ROOM}~3`, `${ROOM}~5`])
})

test('nobody came: the name is forgotten once its tokens are over, also by the disk', async () => {
  const { clock, names, dir, book } = await play()
  const { epoch } = await names.nameFor(ROOM)
  clock.nowMs += 200_000
  assert.equal((await names.nameFor(OTHER)).epoch, epoch + 200)
  assert.deepEqual([...book.given.keys()], [OTHER])
  assert.equal((await names.nameFor(ROOM)).epoch, epoch + 200)
  assert.equal((await play(dir)).book.given.size, 2)
})

test('a clock that was put back gives no name twice', async () => {
  const { clock, names } = await play()
  const { epoch, name } = await names.nameFor(ROOM)
  clock.nowMs -= 3_600_000
  names.over([name])
  assert.ok((await names.nameFor(ROOM)).epoch > epoch)
  assert.ok((await names.nameFor(OTHER)).epoch > epoch)
})

test('LiveKit that does not tell its rooms: no name', async () => {
  const { book } = await play()
  const names = aloneNames({ book, listRooms: () => Promise.reject(new Error('away')) })
  await assert.rejects(names.nameFor(ROOM))
})
