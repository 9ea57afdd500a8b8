// The status of a node, its commands, and how its numbers are written.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NodeView } from '@levee/control-plane/contract'
import type { NodeVerb } from '../../src/api/client.ts'
import { formatPercent } from '../../src/i18n/format.ts'
import { formatAge } from '../../src/ops/fleet/format-time.ts'
import { commandMessages } from '../../src/ops/nodes/command-messages.ts'
import { text } from '../../src/ops/nodes/messages.ts'
import { STATUS_MESSAGES, statusMessages } from '../../src/ops/nodes/node-status-messages.ts'
import { verbsFor, WITH_HEADROOM } from '../../src/ops/nodes/node-status.ts'
import { english } from './english.ts'

type Status = NodeView['status']
const STATUSES = Object.keys(STATUS_MESSAGES) as Status[]

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

test('every status has its own explanation and a fitting tone', () => {
  assert.ok(STATUSES.length > 0)
  const explanations = STATUSES.map((status) => english(STATUS_MESSAGES[status].explanation))
  assert.equal(new Set(explanations).size, STATUSES.length)
  const bad = STATUSES.filter((status) => STATUS_MESSAGES[status].tone === 'bad')
  assert.deepEqual(bad.toSorted(), ['dead', 'down'])
  assert.equal(STATUS_MESSAGES.serving.tone, 'good')
})

test('a node that does not serve shows no headroom', () => {
  const without = STATUSES.filter((status) => !WITH_HEADROOM.has(status))
  assert.deepEqual(without.toSorted(), ['dead', 'down', 'starting'])
})

test('each state offers the commands that change it and no others', () => {
  const offered: Record<NodeView['state'], readonly NodeVerb[]> = {
    serving: ['cordon', 'drain'],
    cordoned: ['uncordon', 'drain', 'remove'],
    draining: ['uncordon', 'remove'],
  }
  for (const state of Object.keys(offered) as NodeView['state'][])
    assert.deepEqual(verbsFor(nodeIn(state)), offered[state])
})

test('each command has a text that says what it will do', () => {
  const verbs: readonly NodeVerb[] = ['cordon', 'uncordon', 'drain', 'remove']
  for (const state of ['serving', 'draining'] as const)
    for (const verb of verbs) {
      const { consequences, question, confirm, label, labelFor, failed, dismiss } = commandMessages(
        verb,
        state,
      )
      for (const sentence of consequences) assert.match(english(sentence), /\.$/)
      assert.ok(english(confirm).startsWith(english(label)))
      assert.ok(english(labelFor('hq-1')).startsWith(english(label)))
      assert.match(english(question('hq-1')), /hq-1.*\?$/)
      assert.match(english(failed('hq-1')), /hq-1.*\.$/)
      assert.ok(!english(confirm).startsWith(english(dismiss)), 'the two buttons cannot be confused')
    }
})

test('uncordon is offered as “Cancel drain” on a node that is being drained', () => {
  assert.equal(english(commandMessages('uncordon', 'draining').label), 'Cancel drain')
  assert.equal(english(commandMessages('uncordon', 'cordoned').label), 'Uncordon')
})

const DRAIN = { endsInMs: 60_000, roomsToMove: 3, roomsAtStart: 40 }
const SHUTDOWN = { ...DRAIN, roomsAtStart: null }

test('a node that shuts down is shown as such, without commands that would not stop it', () => {
  const node = { ...nodeIn('serving'), drain: SHUTDOWN }
  assert.match(
    english(statusMessages(node, 'moving').explanation) ?? '',
    /agent received a stop signal\. Its meetings are moving/,
  )
  assert.equal(english(statusMessages(node, 'empty').label), 'Shutting down')
  assert.equal(statusMessages(node, 'empty').explanation, undefined, 'no meeting is moving any more')
  assert.deepEqual(verbsFor(node), [])
  // It was drained before. That drain can be cancelled, so that the node serves when it returns.
  assert.deepEqual(verbsFor({ ...node, state: 'draining' }), ['uncordon', 'remove'])
})

test('a drained node that is stopped causes no alarm; one that dies before it is empty does', () => {
  const node = { ...nodeIn('draining'), drain: DRAIN }
  const shown = (status: Status, phase: 'moving' | 'empty' | 'silent') => {
    const { label, tone, explanation } = statusMessages({ ...node, status }, phase)
    return { label: english(label), tone, explained: explanation !== undefined }
  }
  assert.equal(shown('draining', 'moving').label, 'Draining')
  assert.deepEqual(shown('draining', 'empty'), { label: 'Drained', tone: 'good', explained: false })
  for (const status of ['suspect', 'down', 'dead'] as const) {
    assert.deepEqual(shown(status, 'silent'), { label: 'Stopped', tone: 'neutral', explained: false })
    assert.equal(statusMessages({ ...node, status }, 'moving'), STATUS_MESSAGES[status])
  }
})

test('an age is as exact as it is useful', () => {
  assert.equal(english(text.never), 'Never')
  assert.equal(formatAge(0), '0s ago')
  assert.equal(formatAge(1_240), '1.2s ago')
  assert.equal(formatAge(42_400), '42s ago')
  assert.equal(formatAge(119_999), '120s ago')
  assert.match(formatAge(300_000), /^5 ?m(in)? ago$/)
  assert.match(formatAge(3 * 3_600_000), /^3 ?h ago$/)
})

test('shares are whole percents', () => {
  assert.equal(formatPercent(0.075), '8%')
  assert.equal(formatPercent(1), '100%')
})

test('counts have a singular and a plural, and digits in groups', () => {
  assert.equal(english(text.people(1)), '1 person')
  assert.equal(english(text.people(0)), '0 people')
  assert.equal(english(text.tracks(2_000)), '2,000 tracks')
})
