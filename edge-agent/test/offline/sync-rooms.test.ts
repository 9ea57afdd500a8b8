/** After a cut: the control plane is told of what was started here, until it knows. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OfflineRooms } from '@levee/control-plane/contract'
import { pino } from 'pino'
import { openBook, type MadeRoom } from '../../src/offline/journal.ts'
import { tellMade } from '../../src/offline/sync-rooms.ts'
import { refused, STORE_AWAY, UNREACHABLE, type Failure } from '../support/play.ts'
import { tempDir } from '../support/support.ts'

const HOUR_MS = 3_600_000

/** `answers`: one for each call, the last for all that follow; undefined: taken. */
async function play(answers: (Failure | undefined)[]) {
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (text: string) => lines.push(text) })
  const book = await openBook({ stateDir: await tempDir(), node: 'branch-1', log })
  const told: OfflineRooms[] = []
  const tell = tellMade({
    book,
    controlPlane: {
      made: async (body) => {
        told.push(body)
        const answer = answers.length > 1 ? answers.shift() : answers[0]
        return answer ?? { kind: 'ok', value: true }
      },
    },
    log,
  })
  const make = (count: number, change: Partial<MadeRoom> = {}) => {
    for (let i = 0; i < count; i++) {
      const roomId = String(book.made.size).padStart(16, '0')
      const room = {
        roomId,
        title: 'T',
        hostKeyHash: 'a'.repeat(64),
        expiresAtMs: Date.now() + HOUR_MS,
        rules: 'r1',
      }
      book.made.set(roomId, { ...room, state: 'untold', ...change })
    }
  }
  const states = () => [...book.made.values()].map(({ state }) => state)
  return { lines, book, told, tell, make, states }
}

test('at most five hundred at a time, each by the rules under which it was started; what is over is not told', async () => {
  const { told, tell, make, states } = await play([undefined])
  make(501)
  make(2, { rules: 'r2' })
  make(1, { state: 'ended' })
  make(1, { expiresAtMs: Date.now() - 1 })
  assert.equal(await tell(), true)
  assert.deepEqual(
    told.map(({ grant, rooms }) => [grant, rooms.length]),
    [
      ['r1', 500],
      ['r1', 1],
      ['r2', 2],
    ],
  )
  assert.deepEqual(told[2]?.rooms[0], {
    roomId: '0000000000000501',
    title: 'T',
    hostKeyHash: 'a'.repeat(64),
    expiresInSec: 3_600,
  })
  assert.equal(states().filter((state) => state === 'told').length, 503)
  assert.equal(await tell(), false)
  assert.equal(told.length, 3)
})

test('not heard, or the store away: told again with the next report', async () => {
  const { told, tell, make, states, lines } = await play([UNREACHABLE, STORE_AWAY, undefined])
  make(1)
  assert.equal(await tell(), false)
  assert.equal(await tell(), false)
  assert.deepEqual(states(), ['untold'])
  assert.equal(await tell(), true)
  assert.deepEqual([states(), told.length, lines.length], [['told'], 3, 1])
})

test('refused for the rules: one line, and no more of it', async () => {
  const { told, tell, make, states, lines } = await play([refused(403, 'offline_grant_refused')])
  make(501)
  await tell()
  assert.deepEqual([states(), told.length, lines.length], [[], 2, 1])
  await tell()
  assert.equal(told.length, 2)
})

test('refused for another reason: one line, and kept', async () => {
  const { tell, make, states, lines } = await play([refused(404, 'not_found')])
  make(1)
  await tell()
  await tell()
  assert.deepEqual([states(), lines.length], [['untold'], 1])
})
