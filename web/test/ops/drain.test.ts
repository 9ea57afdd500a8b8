// The progress of a drain, as numbers and in words.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NodeView } from '@levee/control-plane/contract'
import { formatDeadline } from '../../src/ops/fleet/format-time.ts'
import { nodeLoad } from '../../src/ops/nodes/command-messages.ts'
import { drainAnnouncement, drainNote, drainSummary } from '../../src/ops/nodes/drain-messages.ts'
import { drainProgress } from '../../src/ops/nodes/drain-progress.ts'
import { roomOnOthers } from '../../src/ops/nodes/drain-refusal.ts'
import { english, plain } from './english.ts'

type Change = { toMove: number; atStart?: number | null; people: number; leftSec?: number }

/** A node that is being drained, as the control plane returns it. */
function drainedNode(
  { toMove, atStart = 40, people, leftSec = 80 }: Change,
  status: NodeView['status'] = 'draining',
): Pick<NodeView, 'status' | 'participants' | 'drain'> {
  return {
    status,
    participants: people,
    drain: { endsInMs: leftSec * 1_000, roomsToMove: toMove, roomsAtStart: atStart },
  }
}

/** The parts that a page shows. */
function shown(...of: Parameters<typeof drainedNode>) {
  const progress = drainProgress(drainedNode(...of))
  assert.ok(progress)
  const { phase, late, share } = progress
  const note = english(drainNote(progress))
  return {
    phase,
    late,
    ...(share !== undefined && { share }),
    summary: english(drainSummary(progress)),
    ...(note !== undefined && { note }),
  }
}

describe('progress of a drain', () => {
  test('a node that is not being drained has none', () => {
    assert.equal(drainProgress({ ...drainedNode({ toMove: 0, people: 3 }), drain: null }), undefined)
  })

  test('from the first meeting to the last person', () => {
    assert.deepEqual(shown({ toMove: 28, people: 31 }), {
      phase: 'moving',
      late: false,
      share: 0.3,
      summary: '12 of 40 meetings moved, 31 people still connected',
      note: 'Should be empty within 80 seconds.',
    })
    assert.equal(shown({ toMove: 40, people: 1 }).summary, '0 of 40 meetings moved, 1 person still connected')
    assert.equal(
      shown({ toMove: 1, atStart: 1, people: 2 }).summary,
      '0 of 1 meeting moved, 2 people still connected',
    )
    const following = shown({ toMove: 0, people: 3 })
    assert.equal(following.phase, 'following')
    assert.equal(following.summary, 'All meetings moved, 3 people still connected')
    assert.deepEqual(shown({ toMove: 0, people: 0 }), {
      phase: 'empty',
      late: false,
      share: 1,
      summary: 'Empty. You can stop this node.',
    })
  })

  test('a node without meetings is empty at once', () => {
    assert.equal(shown({ toMove: 0, atStart: 0, people: 0 }).share, 1)
    assert.equal(shown({ toMove: 0, atStart: 0, people: 0 }, 'starting').phase, 'empty')
  })

  test('meetings that come up later count as well', () => {
    assert.equal(shown({ toMove: 41, people: 9 }).summary, '0 of 41 meetings moved, 9 people still connected')
    assert.equal(shown({ toMove: 41, people: 9 }).share, 0)
  })

  test('after the planned time it says that it is late, and why', () => {
    const full = shown({ toMove: 5, people: 9, leftSec: 0 })
    assert.equal(full.late, true)
    assert.equal(full.note, 'Taking longer than planned: the other nodes are full.')
    assert.match(shown({ toMove: 0, people: 9, leftSec: 0 }).note ?? '', /longer than planned: some browsers/)
    assert.equal(shown({ toMove: 0, people: 0, leftSec: 0 }).late, false, 'an empty node is not late')
  })

  test('a node that shuts down by itself: no share, because the number at the start is not known', () => {
    const shuttingDown = { toMove: 28, atStart: null, people: 31 }
    assert.deepEqual(shown(shuttingDown, 'serving'), {
      phase: 'moving',
      late: false,
      summary: '28 meetings to move, 31 people still connected',
      note: 'Stops when it’s empty, or in 80 seconds at the latest.',
    })
    assert.match(shown({ ...shuttingDown, leftSec: 0 }, 'serving').note ?? '', /^Time is up\. .* cut off/)
    assert.equal(
      shown({ ...shuttingDown, toMove: 0, people: 0 }, 'serving').summary,
      'Empty. The node is about to stop.',
    )
  })

  test('without reports the last number of people is not repeated, and silence is not taken for emptiness', () => {
    assert.equal(shown({ toMove: 28, people: 31 }, 'dead').summary, '12 of 40 meetings moved')
    for (const people of [0, 3]) {
      const silent = shown({ toMove: 0, people }, 'suspect')
      assert.equal(silent.phase, 'silent')
      assert.match(silent.summary, /before its reports stopped/)
      assert.match(silent.note ?? '', /cancel the drain/)
    }
  })
})

test('announcements change when a phase begins, not with every number', () => {
  const announced = (change: Change) => {
    const progress = drainProgress(drainedNode(change))
    return progress && english(drainAnnouncement('hq-1', progress))
  }
  assert.equal(announced({ toMove: 40, people: 99 }), 'hq-1 is draining.')
  assert.equal(announced({ toMove: 40, people: 99 }), announced({ toMove: 0, people: 3 }))
  assert.equal(
    announced({ toMove: 1, people: 2, leftSec: 0 }),
    'The drain of hq-1 is taking longer than planned: the other nodes are full.',
  )
  assert.equal(announced({ toMove: 0, people: 0 }), 'hq-1 is empty. You can stop it.')
  assert.equal(announced({ toMove: 2, atStart: null, people: 2 }), 'hq-1 is shutting down.')
})

test('the meetings and people that a drain would move', () => {
  const load = (rooms: number, participants: number) => english(nodeLoad({ rooms, participants }))
  assert.equal(load(12, 31), 'Running on it now: 12 meetings, 31 people.')
  assert.equal(load(1, 1), 'Running on it now: 1 meeting, 1 person.')
  assert.equal(load(0, 0), 'No meetings are running on it now.')
})

test('the missing capacity is read from the refusal, and left out if it has no numbers', () => {
  const numbers = { needTracks: 300, freeTracks: 120 }
  assert.deepEqual(roomOnOthers({ numbers }), numbers)
  assert.equal(roomOnOthers({ numbers: { freeTracks: 120 } }), undefined)
  assert.equal(roomOnOthers({}), undefined)
})

test('the time that is left is as exact as it is useful', () => {
  const deadline = (leftMs: number) => plain(formatDeadline(leftMs))
  assert.equal(deadline(200), '1 second')
  assert.equal(deadline(89_000), '89 seconds')
  assert.equal(deadline(90_001), '2 minutes')
  assert.equal(deadline(3_600_000), '1 hour')
  assert.equal(deadline(86_400_000), '1 day')
})
