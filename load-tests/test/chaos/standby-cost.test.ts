// Figures of a standby that is not there would look like a cheap one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Seen, notTaken } from '../../chaos/cases/standby-cost.ts'

const nobody: Seen = { people: 3, participants: 0, publishers: 0, inKbit: 0 }
const joined: Seen = { people: 3, participants: 3, publishers: 3, inKbit: 0.2 }

test('a window counts only if its level was really there', () => {
  assert.equal(notTaken('off', nobody), undefined)
  assert.equal(notTaken('warm', joined), undefined)
  assert.equal(notTaken('sound', { ...joined, inKbit: 32 }), undefined)
  assert.match(notTaken('off', joined) ?? '', /off, and 3 of 3 people are on the standby’s node/)
  for (const level of ['warm', 'sound'] as const) {
    assert.match(notTaken(level, nobody) ?? '', /0 of 3 people/)
    assert.match(notTaken(level, { ...joined, publishers: 2 }) ?? '', /2 publish there/)
  }
  assert.match(notTaken('warm', { ...joined, inKbit: 32 }) ?? '', /paused, and each sends 32\.0 kbit/)
  assert.match(notTaken('sound', joined) ?? '', /running, and each sends 0\.2 kbit/)
  assert.match(notTaken('sound', { ...joined, inKbit: 900 }) ?? '', /900/, 'pictures as well')
})
