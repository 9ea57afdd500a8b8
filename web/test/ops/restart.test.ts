import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { NodeView, SiteView } from '@levee/control-plane/contract'
import {
  mayGoOn,
  mayStop,
  restartLine,
  restartNews,
  restartProgress,
  restartSays,
  turnOf,
} from '../../src/ops/sites/restart-messages.ts'
import { heldWords } from '../../src/ops/nodes/node-status-messages.ts'

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
const WAITS = ['frozen', 'silent', 'leaving', 'another_drain', 'no_room'] as const
const STUCK = ['by_hand', 'taken_back', 'not_empty', 'not_back'] as const

describe('how far a restart of nodes is', () => {
  test('step by step', () => {
    assert.deepEqual(restartProgress(at({ state: 'draining' })), {
      tone: 'calm',
      title: 'Restarting nodes one by one',
      share: 0.3,
      words: '3 of 10 nodes restarted',
      note: 'Now hq-4: its meetings move to other nodes.',
    })
    assert.equal(restartProgress(at({ state: 'restarting' })).note, 'Now hq-4: LiveKit restarts.')
    assert.equal(restartProgress(at({})).note, 'Next: hq-4.')
    assert.equal(restartProgress(at({ node: null })).note, undefined)
    const one = restartProgress(at({ done: 0, skipped: 1, total: 1 }))
    assert.equal(one.words, '0 of 1 node restarted · 1 left out')
    assert.equal(one.share, 1)
    assert.equal(restartProgress(at({ done: 0, total: 0 })).share, 1)
    assert.equal(restartProgress(at({ stopping: true })).title, 'Stopping after this node')
  })

  test('every wait says what it waits for, in its own words', () => {
    const all = WAITS.map((reason) => restartProgress(at({ reason, needTracks: 300, freeTracks: 120 })))
    for (const { tone, note } of all) {
      assert.equal(tone, 'warn')
      assert.match(note ?? '', /^Waiting: .+\.$/)
    }
    assert.equal(new Set(all.map(({ note }) => note)).size, WAITS.length)
    assert.match(all.at(-1)?.note ?? '', /hq-4 need 300 tracks, and elsewhere 120 are free/)
  })

  test('every way to be stuck says what happened and what to do', () => {
    const all = STUCK.map((reason) => restartProgress(at({ state: 'stuck', reason })))
    for (const { tone, title, note } of all) {
      assert.equal(tone, 'bad')
      assert.equal(title, 'Stuck at hq-4')
      assert.match(note ?? '', /If you go on|by itself/)
    }
    assert.equal(new Set(all.map(({ note }) => note)).size, STUCK.length)
    assert.match(all.at(-1)?.note ?? '', /no other node was touched/)
  })

  test('over: all of them, or not', () => {
    const all = restartProgress(at({ state: 'done', done: 10, node: null }))
    assert.deepEqual(all, { tone: 'good', title: 'All nodes are restarted', words: '10 nodes, one by one.' })
    const some = restartProgress(at({ state: 'done', done: 8, skipped: 2, node: null }))
    assert.equal(some.tone, 'warn')
    assert.match(some.words, /^8 nodes restarted, 2 left out/)
  })
})

test('news are told when they begin, not with every node', () => {
  const news = (change: Partial<Restart>) => restartNews('hq', at(change))
  assert.equal(news({ done: 3 }), news({ done: 4, state: 'draining', node: 'hq-5' }))
  assert.equal(news({ done: 3 }), 'hq: Restarting nodes one by one.')
  assert.match(
    news({ state: 'stuck', reason: 'not_back' }),
    /^hq: Stuck at hq-4\. Its LiveKit has not come back/,
  )
  assert.match(news({ reason: 'another_drain' }), /Waiting: another node/)
  assert.equal(news({ state: 'done', done: 10, node: null }), 'hq: All nodes are restarted.')
})

test('one line among many sites', () => {
  assert.equal(restartLine(null), undefined)
  assert.equal(restartLine(at({ state: 'done' })), undefined)
  assert.equal(restartLine(at({})), 'Restarting: 3 of 10 nodes restarted')
  assert.equal(restartLine(at({ state: 'stuck', reason: 'by_hand' })), 'Restart: stuck at hq-4')
})

test('only the node whose turn it is is shown so; where somebody has to decide, by what became of it', () => {
  const node = (name: string, drained = true): Pick<NodeView, 'node' | 'drain'> => ({
    node: name,
    drain: drained ? { endsInMs: 1, roomsToMove: 0, roomsAtStart: 0 } : null,
  })
  assert.equal(turnOf(node('hq-4'), at({ state: 'draining' })), 'draining')
  assert.equal(turnOf(node('hq-4'), at({ state: 'restarting' })), 'restarting')
  assert.equal(turnOf(node('hq-5'), at({ state: 'restarting' })), undefined)
  assert.equal(turnOf(node('hq-4'), at({ state: 'waiting' })), undefined)
  assert.equal(turnOf(node('hq-4', false), at({ state: 'draining' })), undefined)
  for (const reason of STUCK)
    assert.equal(
      turnOf(node('hq-4'), at({ state: 'stuck', reason })),
      reason === 'not_back' || reason === 'by_hand' ? 'held' : undefined,
    )
  assert.equal(turnOf(node('hq-4'), null), undefined)
})

test('a node that is held empty is no drained one that may be stopped; one that is down is an alarm', () => {
  assert.equal(heldWords('draining').label, 'Out of service')
  assert.equal(heldWords('down').tone, 'bad')
  assert.equal(heldWords('dead').tone, 'bad')
})

test('going on is offered where an operator’s word helps', () => {
  for (const reason of STUCK) assert.equal(mayGoOn(at({ state: 'stuck', reason })), reason !== 'by_hand')
  assert.equal(mayGoOn(at({ reason: 'no_room' })), false)
})

test('it may be stopped once, and again when it is stuck', () => {
  assert.equal(mayStop(at({})), true)
  assert.equal(mayStop(at({ state: 'restarting', stopping: true })), false)
  assert.equal(mayStop(at({ state: 'stuck', reason: 'not_back', stopping: true })), true)
  assert.equal(mayStop(at({ state: 'done' })), false)
})

test('what will happen is said before; a site of one node is told where its meetings go', () => {
  for (const nodes of [1, 3]) for (const says of restartSays(nodes)) assert.match(says, /\.$/)
  assert.match(restartSays(1).join(' '), /other sites/)
  assert.doesNotMatch(restartSays(3).join(' '), /other sites/)
})
