import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeView } from '@levee/control-plane/contract'
import type { NodeVerb } from '../src/control-plane.ts'
import { age, HAS_HEADROOM, percent, STATUS_WORDS, VERB_WORDS, verbsFor } from '../src/ops/words.ts'

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
  for (const { ask, yes, label } of Object.values(VERB_WORDS)) {
    assert.match(ask, /\.$/)
    assert.ok(yes.startsWith(label))
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
