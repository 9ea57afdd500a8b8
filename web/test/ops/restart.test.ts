// The restart of a site's nodes: its progress, its announcements, and what an operator can do.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NodeView, SiteView } from '@levee/control-plane/contract'
import { heldMessages } from '../../src/ops/nodes/node-status-messages.ts'
import { restartTurn } from '../../src/ops/nodes/restart-turn.ts'
import { canContinue, canStop } from '../../src/ops/sites/restart/restart-actions.ts'
import {
  restartAnnouncement,
  restartConsequences,
  restartInBrief,
  restartProgress,
} from '../../src/ops/sites/restart/restart-messages.ts'
import { english } from './english.ts'

type Restart = NonNullable<SiteView['restart']>
const at = (change: Partial<Restart>): Restart => ({
  state: 'waiting',
  node: 'hq-4',
  done: 3,
  skipped: 0,
  total: 10,
  reason: null,
  needTracks: 0,
  freeTracks: 0,
  stopping: false,
  ...change,
})
/** What a page shows of the restart. */
function shown(restart: Restart) {
  const { tone, title, share, summary, note } = restartProgress(restart)
  return {
    tone,
    title: english(title),
    ...(share !== undefined && { share }),
    summary: english(summary),
    ...(note && { note: english(note) }),
  }
}
const WAITS = ['frozen', 'silent', 'leaving', 'another_drain', 'no_room'] as const
const STUCK = ['by_hand', 'taken_back', 'not_empty', 'not_back'] as const

describe('progress of a restart of nodes', () => {
  test('step by step', () => {
    assert.deepEqual(shown(at({ state: 'draining' })), {
      tone: 'neutral',
      title: 'Restarting nodes one by one',
      share: 0.3,
      summary: '3 of 10 nodes restarted',
      note: 'Now hq-4: its meetings are moving to other nodes.',
    })
    assert.equal(shown(at({ state: 'restarting' })).note, 'Now hq-4: LiveKit is restarting.')
    assert.equal(shown(at({})).note, 'Next: hq-4.')
    assert.equal(shown(at({ node: null })).note, undefined)
    const one = shown(at({ done: 0, skipped: 1, total: 1 }))
    assert.equal(one.summary, '0 of 1 node restarted, 1 skipped')
    assert.equal(one.share, 1)
    assert.equal(shown(at({ done: 0, total: 0 })).share, 1)
    assert.equal(shown(at({ stopping: true })).title, 'Stopping after this node')
  })

  test('every wait has its own text, which says what it waits for', () => {
    const all = WAITS.map((reason) => shown(at({ reason, needTracks: 300, freeTracks: 120 })))
    for (const { tone, note } of all) {
      assert.equal(tone, 'warn')
      assert.match(note ?? '', /^Waiting.*: .+\.$/)
    }
    assert.equal(new Set(all.map(({ note }) => note)).size, WAITS.length)
    assert.match(all.at(-1)?.note ?? '', /hq-4 need 300 tracks, and other nodes have 120 free/)
  })

  test('every way to be stuck says what happened and what to do', () => {
    const all = STUCK.map((reason) => shown(at({ state: 'stuck', reason })))
    for (const { tone, title, note } of all) {
      assert.equal(tone, 'bad')
      assert.equal(title, 'Stuck at hq-4')
      assert.match(note ?? '', /If you continue|automatically/)
    }
    assert.equal(new Set(all.map(({ note }) => note)).size, STUCK.length)
    assert.match(all.at(-1)?.note ?? '', /No other node was touched/)
  })

  test('the end, with all nodes restarted and with some skipped', () => {
    const all = shown(at({ state: 'done', done: 10, node: null }))
    assert.deepEqual(all, {
      tone: 'good',
      title: 'All nodes have restarted',
      summary: '10 nodes, one by one.',
    })
    const some = shown(at({ state: 'done', done: 8, skipped: 2, node: null }))
    assert.equal(some.tone, 'warn')
    assert.match(some.summary, /^8 nodes restarted, 2 skipped/)
  })
})

test('announcements change when something begins, not with every node', () => {
  const announced = (change: Partial<Restart>) => english(restartAnnouncement('hq', at(change), english))
  assert.equal(announced({ done: 3 }), announced({ done: 4, state: 'draining', node: 'hq-5' }))
  assert.equal(announced({ done: 3 }), 'hq: Restarting nodes one by one.')
  assert.match(
    announced({ state: 'stuck', reason: 'not_back' }),
    /^hq: Stuck at hq-4\. LiveKit didn’t come back/,
  )
  assert.match(announced({ reason: 'another_drain' }), /Waiting: another node/)
  assert.equal(announced({ state: 'done', done: 10, node: null }), 'hq: All nodes have restarted.')
})

test('one line for the list of sites', () => {
  const brief = (restart: Restart | null) => english(restartInBrief(restart))
  assert.equal(brief(null), undefined)
  assert.equal(brief(at({ state: 'done' })), undefined)
  assert.equal(brief(at({})), 'Restarting: 3 of 10 nodes restarted')
  assert.equal(brief(at({ state: 'stuck', reason: 'by_hand' })), 'Restart stuck at hq-4')
})

test('only the node whose turn it is shows it; a stuck restart holds its node in some cases', () => {
  const node = (name: string, drained = true): Pick<NodeView, 'node' | 'drain'> => ({
    node: name,
    drain: drained ? { endsInMs: 1, roomsToMove: 0, roomsAtStart: 0 } : null,
  })
  assert.equal(restartTurn(node('hq-4'), at({ state: 'draining' })), 'draining')
  assert.equal(restartTurn(node('hq-4'), at({ state: 'restarting' })), 'restarting')
  assert.equal(restartTurn(node('hq-5'), at({ state: 'restarting' })), undefined)
  assert.equal(restartTurn(node('hq-4'), at({ state: 'waiting' })), undefined)
  assert.equal(restartTurn(node('hq-4', false), at({ state: 'draining' })), undefined)
  for (const reason of STUCK)
    assert.equal(
      restartTurn(node('hq-4'), at({ state: 'stuck', reason })),
      reason === 'not_back' || reason === 'by_hand' ? 'held' : undefined,
    )
  assert.equal(restartTurn(node('hq-4'), null), undefined)
})

test('a node held by a stuck restart is out of service, not drained; one that is down is an alarm', () => {
  assert.equal(english(heldMessages('draining').label), 'Out of service')
  assert.equal(heldMessages('down').tone, 'bad')
  assert.equal(heldMessages('dead').tone, 'bad')
})

test('continuing is offered where a decision of the operator helps', () => {
  for (const reason of STUCK) assert.equal(canContinue(at({ state: 'stuck', reason })), reason !== 'by_hand')
  assert.equal(canContinue(at({ reason: 'no_room' })), false)
})

test('a restart may be stopped once, and again when it is stuck', () => {
  assert.equal(canStop(at({})), true)
  assert.equal(canStop(at({ state: 'restarting', stopping: true })), false)
  assert.equal(canStop(at({ state: 'stuck', reason: 'not_back', stopping: true })), true)
  assert.equal(canStop(at({ state: 'done' })), false)
})

test('the consequences are shown before the restart begins; with a single node the meetings go to other sites', () => {
  const consequences = (nodes: number) => restartConsequences(nodes).map((message) => english(message))
  for (const nodes of [1, 3]) for (const sentence of consequences(nodes)) assert.match(sentence, /\.$/)
  assert.match(consequences(1).join(' '), /other sites/)
  assert.doesNotMatch(consequences(3).join(' '), /other sites/)
})
