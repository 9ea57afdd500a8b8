import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { newsOf } from '../../src/meeting-page/announcements.ts'
import { callIn } from '../../src/meeting/messages/node-message.ts'
import { bannerWords, stoppingWords } from '../../src/meeting-page/banner-messages.ts'
import { connectionOf, type Connection } from '../../src/meeting/connections/connection-status.ts'
import { Decoded } from '../../src/meeting/connections/decoded-tracks.ts'
import type { Line } from '../../src/meeting/connections/connection.ts'

const words = (connection: Connection, change: Partial<Parameters<typeof bannerWords>[0]> = {}) =>
  bannerWords({ connection, told: true, answer: { node: 'hq-1' }, ...change })

describe('the words', () => {
  test('what goes well is not announced, nor what is over within a second', () => {
    assert.equal(words('connected'), undefined)
    for (const connection of ['resuming', 'reconnecting', 'rejoining'] as const)
      assert.equal(words(connection, { told: false }), undefined)
  })

  test('“others cannot see or hear you” is said exactly where nothing is sent', () => {
    const cutOff = (connection: Connection) =>
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
  const stopping = (connection: Connection, stopping: boolean) =>
    stoppingWords({ connection, stopping, answer: { node: 'hq-1' } })
  assert.match(stopping('connected', true) ?? '', /hq-1 is about to be stopped.*brings you back/)
  assert.equal(stopping('connected', false), undefined)
  assert.equal(stopping('reconnecting', true), undefined)
})

describe('what is true for the person', () => {
  const slot = (line: Line, silent = false) => ({ line, silent })
  const of = (line: Line, silent = false, ...others: ReturnType<typeof slot>[]) =>
    connectionOf(slot(line, silent), others, true)

  test('one connection', () => {
    assert.equal(of('up'), 'connected')
    assert.equal(of('shaky'), 'resuming')
    assert.equal(of('shaky', true), 'reconnecting')
    assert.equal(of('cut'), 'reconnecting')
    assert.equal(of('closed'), 'reconnecting')
    assert.equal(of('opening'), 'rejoining')
    assert.equal(of('up', true), 'resuming', 'an open socket is not given up for silence')
  })

  test('a standby that leads, or the old place during a move, is a connection', () => {
    assert.equal(of('shaky', true, slot('up')), 'connected')
    assert.equal(of('opening', false, slot('up')), 'connected')
    assert.equal(of('opening', false, slot('shaky')), 'rejoining')
  })

  test('before the first connection', () => {
    assert.equal(connectionOf(slot('opening'), [], false), 'connecting')
  })
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

test('only a whole number under “ask” is a call to ask, and only true under “stopping” a warning', () => {
  assert.deepEqual(callIn('{"ask":4}'), { ask: 4, stopping: false })
  assert.deepEqual(callIn('{"ask":4,"stopping":true}'), { ask: 4, stopping: true })
  assert.deepEqual(callIn('{"ask":4,"stopping":"no"}'), { ask: 4, stopping: false })
  for (const other of [undefined, '', 'x', '4', 'null', '{"ask":"4"}', '{"ask":1.5}', '{"other":4}'])
    assert.equal(callIn(other), undefined, String(other))
})

test('a picture decodes from its fourth frame on, or its first where nothing better is shown', () => {
  const decoded = new Decoded()
  assert.deepEqual(
    [1, 2, 3, 4, 5].map(() => decoded.frame('a')),
    [false, false, false, true, false],
  )
  assert.equal(decoded.first('b'), true)
  assert.equal(decoded.first('b'), false)
  decoded.reset('a')
  assert.equal(decoded.has('a'), false)
})
