// Without this check, a standby that does not exist would look like a cheap one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type StandbyState, levelMismatch } from '../../chaos/cases/standby-level.ts'

const empty: StandbyState = { people: 3, participants: 0, publishers: 0, inKbit: 0 }
const joined: StandbyState = { people: 3, participants: 3, publishers: 3, inKbit: 0.2 }

test('a window counts only if the standby really was at its level', () => {
  assert.equal(levelMismatch('off', empty), undefined)
  assert.equal(levelMismatch('warm', joined), undefined)
  assert.equal(levelMismatch('sound', { ...joined, inKbit: 32 }), undefined)
  assert.match(levelMismatch('off', joined) ?? '', /off, but 3 of 3 participants are on the standby’s node/)
  for (const level of ['warm', 'sound'] as const) {
    assert.match(levelMismatch(level, empty) ?? '', /0 of 3 participants/)
    assert.match(levelMismatch(level, { ...joined, publishers: 2 }) ?? '', /2 publish there/)
  }
  assert.match(levelMismatch('warm', { ...joined, inKbit: 32 }) ?? '', /paused, but each sends 32\.0 kbit/)
  assert.match(levelMismatch('sound', joined) ?? '', /running, but each sends 0\.2 kbit/)
  assert.match(levelMismatch('sound', { ...joined, inKbit: 900 }) ?? '', /900/, 'video is sent as well')
})
