import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { newsOf } from '../../src/meeting-page/announcements.ts'
import { bannerWords, stoppingWords } from '../../src/meeting-page/banner-messages.ts'
import type { ConnectionStatus } from '../../src/meeting/connections/connection-status.ts'

const words = (connection: ConnectionStatus, change: Partial<Parameters<typeof bannerWords>[0]> = {}) =>
  bannerWords({ connection, announced: true, answer: { node: 'hq-1' }, ...change })

describe('the words', () => {
  test('what goes well is not announced, nor what is over within a second', () => {
    assert.equal(words('connected'), undefined)
    for (const connection of ['resuming', 'reconnecting', 'rejoining'] as const)
      assert.equal(words(connection, { announced: false }), undefined)
  })

  test('“others cannot see or hear you” is said exactly where nothing is sent', () => {
    const cutOff = (connection: ConnectionStatus) =>
      /cannot see or hear you, and nothing is sent/.test(words(connection) ?? '')
    assert.deepEqual(
      (['connecting', 'connected', 'resuming', 'reconnecting', 'rejoining'] as const).filter(cutOff),
      ['reconnecting', 'rejoining'],
    )
  })

  test('they name what is down and what is being done', () => {
    for (const connection of ['resuming', 'reconnecting', 'rejoining'] as const) {
      assert.match(words(connection) ?? '', /hq-1/)
      assert.match(words(connection) ?? '', /…$/)
    }
    assert.match(words('reconnecting', { refusal: { code: 'unreachable' } }) ?? '', /nor the meeting service/)
    assert.match(words('reconnecting', { refusal: { code: 'fleet_full' } }) ?? '', /nodes are full/)
  })
})

test('a node that stops under its meetings is told while they run; a line that is cut has its own words', () => {
  const stopping = (connection: ConnectionStatus, stopping: boolean) =>
    stoppingWords({ connection, stopping, answer: { node: 'hq-1' } })
  assert.match(stopping('connected', true) ?? '', /hq-1 is about to be stopped.*brings you back/)
  assert.equal(stopping('connected', false), undefined)
  assert.equal(stopping('reconnecting', true), undefined)
})

describe('announcements', () => {
  const person = (identity: string, isLocal = false) => ({ identity, name: identity, isLocal })
  const none: ReadonlySet<string> = new Set()

  test('who is there, who came and went, whose hand is up', () => {
    const me = person('me', true)
    assert.match(newsOf(undefined, { people: [me, person('bob')], hands: none }), /Others here: 1/)
    const before = { people: [me, person('bob')], hands: none }
    assert.equal(newsOf(before, { people: [me, person('cem')], hands: none }), 'cem joined. bob left.')
    assert.equal(newsOf(before, { ...before, hands: new Set(['bob', 'me']) }), 'bob raised a hand.')
    assert.equal(newsOf(before, before), '')
  })
})
