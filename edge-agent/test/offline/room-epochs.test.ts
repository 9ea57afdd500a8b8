/** One room, one epoch: also for concurrent joins, across a restart, and when the clock is set back. */
import { OFFLINE_EPOCHS } from '@levee/control-plane/protocol/epochs'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pino } from 'pino'
import { openJournal } from '../../src/offline/journal.ts'
import { roomEpochs, type RoomEpochs } from '../../src/offline/room-epochs.ts'
import { tempDir } from '../support/workplace.ts'

type RoomId = Parameters<RoomEpochs['assign']>[0]
const ROOM = '0123456789abcdef' as RoomId
const OTHER = 'fedcba9876543210' as RoomId
const log = pino({ level: 'silent' })

/** `stepMs`: how far the clock advances each time it is read. */
async function play(stateDir?: string, stepMs = 0) {
  const dir = stateDir ?? (await tempDir())
  const clock = { nowMs: 1_800_000_000_000 }
  const live: string[] = []
  const nowMs = () => (clock.nowMs += stepMs)
  const journal = await openJournal({ stateDir: dir, node: 'branch-1', log, nowMs })
  const epochs = roomEpochs({ journal, listRooms: async () => live, nowMs })
  return { dir, clock, live, journal, epochs }
}

test('fifty concurrent joins get one name, above all epochs of the control plane', async () => {
  const { epochs } = await play(undefined, 1_000)
  const given = await Promise.all(Array.from({ length: 50 }, () => epochs.assign(ROOM)))
  const [name, ...others] = new Set(given.map(({ name }) => name))
  assert.deepEqual([name, others], [`${ROOM}~${OFFLINE_EPOCHS + 1_800_000_001}`, []])
})

test('a restart between two joins changes nothing: the assignment is on disk', async () => {
  const { dir, epochs } = await play()
  const first = await epochs.assign(ROOM)
  const again = await play(dir)
  again.clock.nowMs += 60_000
  assert.deepEqual(await again.epochs.assign(ROOM), first)
})

test('the highest running epoch is used, except of rooms that the control plane has moved or ended', async () => {
  const { live, epochs } = await play()
  live.push(`${ROOM}~3`, `${ROOM}~5`, `${OTHER}~9`, 'self-test')
  assert.equal((await epochs.assign(ROOM)).epoch, 5)
  epochs.close([`${ROOM}~5`])
  assert.equal((await epochs.assign(ROOM)).epoch, 3)
  epochs.close([`${ROOM}~3`])
  const { epoch } = await epochs.assign(ROOM)
  assert.ok(epoch > OFFLINE_EPOCHS)
  epochs.close([`${ROOM}~${epoch}`])
  assert.equal((await epochs.assign(ROOM)).epoch, epoch + 1)
  assert.deepEqual(await epochs.namesOf(ROOM), [`${ROOM}~3`, `${ROOM}~5`])
})

test('an unused assignment is forgotten once its tokens have expired, also on disk', async () => {
  const { clock, epochs, dir, journal } = await play()
  const { epoch } = await epochs.assign(ROOM)
  clock.nowMs += 200_000
  assert.equal((await epochs.assign(OTHER)).epoch, epoch + 200)
  assert.deepEqual([...journal.assigned.keys()], [OTHER])
  assert.equal((await epochs.assign(ROOM)).epoch, epoch + 200)
  assert.equal((await play(dir)).journal.assigned.size, 2)
})

test('a clock that is set back produces no name twice', async () => {
  const { clock, epochs } = await play()
  const { epoch, name } = await epochs.assign(ROOM)
  clock.nowMs -= 3_600_000
  epochs.close([name])
  assert.ok((await epochs.assign(ROOM)).epoch > epoch)
  assert.ok((await epochs.assign(OTHER)).epoch > epoch)
})

test('without LiveKit’s list of rooms an assignment rejects', async () => {
  const { journal } = await play()
  const epochs = roomEpochs({ journal, listRooms: () => Promise.reject(new Error('away')) })
  await assert.rejects(epochs.assign(ROOM))
})
