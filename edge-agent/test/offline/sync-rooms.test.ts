/** After an outage: rooms that were started offline are handed over to the control plane. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OfflineRooms } from '@levee/control-plane/contract'
import { pino } from 'pino'
import type { OfflineRoom } from '../../src/offline/journal-file.ts'
import { openJournal } from '../../src/offline/journal.ts'
import { roomSync } from '../../src/offline/sync-rooms.ts'
import { refused, STORE_DOWN, UNREACHABLE, type Failure } from '../support/play.ts'
import { tempDir } from '../support/workplace.ts'

const HOUR_MS = 3_600_000

/** `answers`: one for each call, the last one for all that follow; undefined: accepted. */
async function play(answers: (Failure | undefined)[]) {
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (text: string) => lines.push(text) })
  const journal = await openJournal({ stateDir: await tempDir(), node: 'branch-1', log })
  const sent: OfflineRooms[] = []
  const sync = roomSync({
    journal,
    controlPlane: {
      sendOfflineRooms: async (body) => {
        sent.push(body)
        const answer = answers.length > 1 ? answers.shift() : answers[0]
        return answer ?? { kind: 'ok', value: true }
      },
    },
    log,
  })
  const make = (count: number, change: Partial<OfflineRoom> = {}) => {
    for (let i = 0; i < count; i++) {
      const roomId = String(journal.rooms.size).padStart(16, '0')
      const room = {
        roomId,
        title: 'T',
        hostKeyHash: 'a'.repeat(64),
        expiresAtMs: Date.now() + HOUR_MS,
        grant: 'r1',
      }
      journal.rooms.set(roomId, { ...room, state: 'unsynced', ...change })
    }
  }
  const states = () => [...journal.rooms.values()].map(({ state }) => state)
  return { lines, journal, sent, sync, make, states }
}

test('at most 500 rooms are sent at a time, each with the grant under which it was started; ended and expired rooms are not sent', async () => {
  const { sent, sync, make, states } = await play([undefined])
  make(501)
  make(2, { grant: 'r2' })
  make(1, { state: 'ended' })
  make(1, { expiresAtMs: Date.now() - 1 })
  assert.equal(await sync(), true)
  assert.deepEqual(
    sent.map(({ grant, rooms }) => [grant, rooms.length]),
    [
      ['r1', 500],
      ['r1', 1],
      ['r2', 2],
    ],
  )
  assert.deepEqual(sent[2]?.rooms[0], {
    roomId: '0000000000000501',
    title: 'T',
    hostKeyHash: 'a'.repeat(64),
    expiresInSec: 3_600,
  })
  assert.equal(states().filter((state) => state === 'synced').length, 503)
  assert.equal(await sync(), false)
  assert.equal(sent.length, 3)
})

test('if the control plane is unreachable or its store is down, rooms are sent again with the next report', async () => {
  const { sent, sync, make, states, lines } = await play([UNREACHABLE, STORE_DOWN, undefined])
  make(1)
  assert.equal(await sync(), false)
  assert.equal(await sync(), false)
  assert.deepEqual(states(), ['unsynced'])
  assert.equal(await sync(), true)
  assert.deepEqual([states(), sent.length, lines.length], [['synced'], 3, 1])
})

test('the grant is refused: one log line, and the rooms are given up', async () => {
  const { sent, sync, make, states, lines } = await play([refused(403, 'offline_grant_refused')])
  make(501)
  await sync()
  assert.deepEqual([states(), sent.length, lines.length], [[], 2, 1])
  await sync()
  assert.equal(sent.length, 2)
})

test('refused for another reason: one log line, and the rooms stay in the journal', async () => {
  const { sync, make, states, lines } = await play([refused(404, 'not_found')])
  make(1)
  await sync()
  await sync()
  assert.deepEqual([states(), lines.length], [['unsynced'], 1])
})
