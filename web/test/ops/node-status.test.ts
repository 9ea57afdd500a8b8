import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeView } from '@levee/control-plane/contract'
import type { NodeVerb } from '../../src/api/client.ts'
import {
  age,
  count,
  HAS_HEADROOM,
  percent,
  STATUS_WORDS,
  statusWords,
  verbsFor,
  verbWords,
} from '../../src/ops/nodes/node-status-messages.ts'

type Status = NodeView['status']
const STATUSES = Object.keys(STATUS_WORDS) as Status[]

const nodeIn = (state: NodeView['state']): NodeView => ({
  node: 'hq-1',
  site: 'hq',
  zone: 'hq-1',
  url: 'wss://hq-1.example',
  status: state,
  state,
  lastReportAgeMs: 0,
  rooms: 0,
  participants: 0,
  utilisation: 0,
  reserved: 0,
  headroom: 1,
  capacity: null,
  load: null,
  cpuBusy: null,
  cpuSteal: null,
  agentVersion: '0.1.0',
  drain: null,
})

test('every status has words of its own, and the colour of its trouble', () => {
  assert.ok(STATUSES.length > 0)
  assert.equal(new Set(STATUSES.map((status) => STATUS_WORDS[status].means)).size, STATUSES.length)
  const bad = STATUSES.filter((status) => STATUS_WORDS[status].tone === 'bad')
  assert.deepEqual(bad.toSorted(), ['dead', 'down'])
  assert.equal(STATUS_WORDS.serving.tone, 'good')
})

test('a node that is not there promises no headroom', () => {
  const without = STATUSES.filter((status) => !HAS_HEADROOM.has(status))
  assert.deepEqual(without.toSorted(), ['dead', 'down', 'starting'])
})

test('each state offers what changes it and nothing that does not', () => {
  const offers: Record<NodeView['state'], readonly NodeVerb[]> = {
    serving: ['cordon', 'drain'],
    cordoned: ['uncordon', 'drain'],
    draining: ['uncordon'],
  }
  for (const state of Object.keys(offers) as NodeView['state'][])
    assert.deepEqual(verbsFor(nodeIn(state)), offers[state])
})

test('each command says what it does before it is done', () => {
  const verbs: readonly NodeVerb[] = ['cordon', 'uncordon', 'drain']
  for (const state of ['serving', 'draining'] as const)
    for (const verb of verbs) {
      const { says, title, yes, label } = verbWords(verb, { state })
      for (const sentence of says) assert.match(sentence, /\.$/)
      assert.ok(yes.startsWith(label))
      assert.match(title('hq-1'), /hq-1.*\?$/)
    }
})

test('uncordon is offered as what it is: taking the drain back', () => {
  assert.equal(verbWords('uncordon', { state: 'draining' }).label, 'Take drain back')
  assert.equal(verbWords('uncordon', { state: 'cordoned' }).label, 'Uncordon')
})

const DRAIN = { endsInMs: 60_000, roomsToMove: 3, roomsAtStart: 40 }
const LEAVING = { ...DRAIN, roomsAtStart: null }

test('a node that leaves by itself is shown as leaving, and nothing is offered that does not stop it', () => {
  const node = { ...nodeIn('serving'), drain: LEAVING }
  assert.match(
    statusWords(node, 'moving').means ?? '',
    /agent was told to stop; its meetings are being moved/,
  )
  assert.equal(statusWords(node, 'empty').label, 'Leaving')
  assert.equal(statusWords(node, 'empty').means, undefined, 'nothing is being moved any more')
  assert.deepEqual(verbsFor(node), [])
  // It was drained before: that can still be taken back, for when it returns.
  assert.deepEqual(verbsFor({ ...node, state: 'draining' }), ['uncordon'])
})

test('a drained node that is stopped is no alarm; one that dies before is', () => {
  const node = { ...nodeIn('draining'), drain: DRAIN }
  assert.equal(statusWords(node, 'moving').label, 'Draining')
  assert.deepEqual(statusWords(node, 'empty'), { label: 'Drained', tone: 'good' })
  for (const status of ['suspect', 'down', 'dead'] as const) {
    assert.deepEqual(statusWords({ ...node, status }, 'silent'), { label: 'Stopped', tone: 'calm' })
    assert.equal(statusWords({ ...node, status }, 'moving'), STATUS_WORDS[status])
  }
})

test('an age is as exact as it is useful', () => {
  assert.equal(age(null), 'never')
  assert.equal(age(0), '0.0 s ago')
  assert.equal(age(1_240), '1.2 s ago')
  assert.equal(age(42_400), '42 s ago')
  assert.equal(age(119_999), '120 s ago')
  assert.equal(age(300_000), '5 min ago')
})

test('shares are whole percents', () => {
  assert.equal(percent(0.075), '8 %')
  assert.equal(percent(1), '100 %')
})

test('one is one', () => {
  assert.equal(count(1, 'meeting'), '1 meeting')
  assert.equal(count(0, 'person', 'people'), '0 people')
  assert.equal(count(2000, 'track'), `${(2000).toLocaleString()} tracks`)
})
