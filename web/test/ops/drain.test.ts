import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NodeView } from '@levee/control-plane/contract'
import {
  drainNews,
  drainProgress,
  onItWords,
  roomElsewhere,
  span,
} from '../../src/ops/nodes/drain-messages.ts'

type Change = { toMove: number; atStart?: number | null; people: number; leftSec?: number }

/** A node that is drained, as the control plane tells it. */
function drained(
  { toMove, atStart = 40, people, leftSec = 80 }: Change,
  status: NodeView['status'] = 'draining',
): Pick<NodeView, 'node' | 'status' | 'participants' | 'drain'> {
  return {
    node: 'hq-1',
    status,
    participants: people,
    drain: { endsInMs: leftSec * 1_000, roomsToMove: toMove, roomsAtStart: atStart },
  }
}
const progress = (...of: Parameters<typeof drained>) => drainProgress(drained(...of))

describe('progress of a drain', () => {
  test('a node that is not drained has none', () => {
    assert.equal(drainProgress({ ...drained({ toMove: 0, people: 3 }), drain: null }), undefined)
  })

  test('from the first meeting to the last person', () => {
    assert.deepEqual(progress({ toMove: 28, people: 31 }), {
      phase: 'moving',
      late: false,
      share: 0.3,
      words: '12 of 40 meetings moved · 31 people still here',
      note: 'Should be empty within 80 s.',
    })
    assert.equal(progress({ toMove: 40, people: 1 })?.words, '0 of 40 meetings moved · 1 person still here')
    assert.equal(
      progress({ toMove: 1, atStart: 1, people: 2 })?.words,
      '0 of 1 meeting moved · 2 people still here',
    )
    const following = progress({ toMove: 0, people: 3 })
    assert.equal(following?.phase, 'following')
    assert.equal(following?.words, 'All meetings moved · 3 people still here')
    assert.deepEqual(progress({ toMove: 0, people: 0 }), {
      phase: 'empty',
      late: false,
      share: 1,
      words: 'Empty: may be stopped',
    })
  })

  test('nothing was on it: empty at once', () => {
    assert.equal(progress({ toMove: 0, atStart: 0, people: 0 })?.share, 1)
    assert.equal(progress({ toMove: 0, atStart: 0, people: 0 }, 'starting')?.phase, 'empty')
  })

  test('meetings that come up later count as well', () => {
    assert.equal(progress({ toMove: 41, people: 9 })?.words, '0 of 41 meetings moved · 9 people still here')
    assert.equal(progress({ toMove: 41, people: 9 })?.share, 0)
  })

  test('over its time: says so, and why', () => {
    const full = progress({ toMove: 5, people: 9, leftSec: 0 })
    assert.equal(full?.late, true)
    assert.equal(full?.note, 'Taking longer than planned: other nodes are full.')
    assert.match(
      progress({ toMove: 0, people: 9, leftSec: 0 })?.note ?? '',
      /longer than planned: some pages/,
    )
    assert.equal(progress({ toMove: 0, people: 0, leftSec: 0 })?.late, false, 'empty is done')
  })

  test('a node that leaves by itself: no share of what nobody counted', () => {
    const leaving = { toMove: 28, atStart: null, people: 31 }
    assert.deepEqual(progress(leaving, 'serving'), {
      phase: 'moving',
      late: false,
      words: '28 meetings to move · 31 people still here',
      note: 'It stops when it is empty, in 80 s at the latest.',
    })
    assert.match(progress({ ...leaving, leftSec: 0 }, 'serving')?.note ?? '', /^Its time is up: .* cut off/)
    assert.equal(
      progress({ ...leaving, toMove: 0, people: 0 }, 'serving')?.words,
      'Empty: it stops by itself',
    )
  })

  test('what a node that no longer reports said of people is not repeated, and silence is not emptiness', () => {
    assert.equal(progress({ toMove: 28, people: 31 }, 'dead')?.words, '12 of 40 meetings moved')
    for (const people of [0, 3]) {
      const silent = progress({ toMove: 0, people }, 'suspect')
      assert.equal(silent?.phase, 'silent')
      assert.match(silent?.words ?? '', /no more reports/)
      assert.match(silent?.note ?? '', /take the drain back/)
    }
  })
})

test('news are told when they begin, not with every number', () => {
  const news = (...of: Parameters<typeof drained>) => drainNews(drained(...of))
  assert.equal(news({ toMove: 40, people: 99 }), 'hq-1 is being emptied.')
  assert.equal(news({ toMove: 40, people: 99 }), news({ toMove: 0, people: 3 }))
  assert.equal(
    news({ toMove: 1, people: 2, leftSec: 0 }),
    'hq-1: taking longer than planned: other nodes are full.',
  )
  assert.equal(news({ toMove: 0, people: 0 }), 'hq-1 is empty and may be stopped.')
  assert.equal(news({ toMove: 2, atStart: null, people: 2 }), 'hq-1 is leaving.')
})

test('who would be moved', () => {
  assert.equal(onItWords({ rooms: 12, participants: 31 }), 'On it now: 12 meetings, 31 people.')
  assert.equal(onItWords({ rooms: 1, participants: 1 }), 'On it now: 1 meeting, 1 person.')
  assert.equal(onItWords({ rooms: 0, participants: 0 }), 'No meeting is on it now.')
})

test('what is missing is read from the refusal, and left out when that does not say', () => {
  const errors = [{ field: '/node', message: 'carries 300 tracks; other nodes have room for 120' }]
  assert.deepEqual(roomElsewhere({ errors }), { needs: 300, free: 120 })
  assert.equal(roomElsewhere({ errors: [{ field: '/node', message: 'is too full' }] }), undefined)
  assert.equal(roomElsewhere({}), undefined)
})

test('a span is as exact as it is useful', () => {
  assert.equal(span(200), '1 s')
  assert.equal(span(89_000), '89 s')
  assert.equal(span(90_001), '2 min')
  assert.equal(span(3_600_000), '60 min')
  assert.equal(span(86_400_000), '24 h')
})
