import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Refusal } from '../../src/api/client.ts'
import { announcementsOf, type Seen } from '../../src/meeting-page/announcements.ts'
import { connectionText, stoppingMessage } from '../../src/meeting-page/banner-messages.ts'
import type { ConnectionStatus } from '../../src/meeting/connections/connection-status.ts'
import { translate } from '../i18n/translate.ts'

type Shown = Parameters<typeof connectionText>[0]
const textOf = (connection: ConnectionStatus, change: Partial<Shown> = {}) =>
  connectionText({ connection, announced: true, ...change }, translate)

describe('texts about the connection', () => {
  test('a working connection is not announced, nor a problem that is over within a second', () => {
    assert.equal(textOf('connected'), undefined)
    for (const connection of ['resuming', 'reconnecting', 'rejoining'] as const)
      assert.equal(textOf(connection, { announced: false }), undefined)
  })

  test('“others can’t see or hear you” is shown exactly when nothing is sent', () => {
    const saysCutOff = (connection: ConnectionStatus) =>
      /can’t see or hear you, and nothing is sent/.test(textOf(connection) ?? '')
    assert.deepEqual(
      (['connecting', 'connected', 'resuming', 'reconnecting', 'rejoining'] as const).filter(saysCutOff),
      ['reconnecting', 'rejoining'],
    )
  })

  test('each text says what is down and what is being done', () => {
    const texts = (['resuming', 'reconnecting', 'rejoining'] as const).map((connection) => textOf(connection))
    assert.equal(new Set(texts).size, 3)
    for (const text of texts) assert.match(text ?? '', /^You.*\..*…$/)
    assert.match(
      textOf('reconnecting', { refusal: { code: 'unreachable' } }) ?? '',
      /meeting service doesn’t/,
    )
    assert.match(
      textOf('reconnecting', { refusal: { code: 'fleet_full' } }) ?? '',
      /The meeting service is full right now\. Trying again…$/,
    )
  })

  test('each refusal has one whole text; one that has none of its own gets the general text', () => {
    const refusedText = (code: Refusal['code']) => textOf('reconnecting', { refusal: { code } }) ?? ''
    const codes = ['unreachable', 'unexpected', 'rate_limited', 'no_node', 'fleet_full', 'node_full'] as const
    const more = ['node_busy', 'site_full', 'stopping', 'internal'] as const
    const texts = [...codes, ...more].map(refusedText)
    assert.equal(new Set(texts).size, texts.length)
    for (const text of texts) assert.match(text, /^You’re disconnected: [^.]+\. [^.]+\. Trying again…$/)
    assert.equal(refusedText('agent_too_old'), refusedText('internal'))
  })
})

test('a stop of the node is announced while the meeting runs; a broken connection has its own text', () => {
  const stopping = (connection: ConnectionStatus, stopping: boolean) => {
    const message = stoppingMessage({ connection, stopping })
    return message && translate(message)
  }
  assert.match(stopping('connected', true) ?? '', /is about to stop.*reconnects you/)
  assert.equal(stopping('connected', false), undefined)
  assert.equal(stopping('reconnecting', true), undefined)
})

describe('announcements', () => {
  const person = (identity: string, isLocal = false) => ({ identity, name: identity, isLocal })
  const none: ReadonlySet<string> = new Set()
  const announced = (before: Seen | undefined, now: Seen) =>
    announcementsOf(before, now).map(translate).join(' ')

  test('announcements: who is there, who joined and left, whose hand is up', () => {
    const me = person('me', true)
    assert.match(announced(undefined, { people: [me], hands: none }), /No one else is here yet/)
    assert.match(announced(undefined, { people: [me, person('bob')], hands: none }), /with one other person/)
    const three = { people: [me, person('bob'), person('cem')], hands: none }
    assert.match(announced(undefined, three), /with 2 other people/)
    const before = { people: [me, person('bob')], hands: none }
    assert.equal(announced(before, { people: [me, person('cem')], hands: none }), 'cem joined. bob left.')
    assert.equal(announced(before, { ...before, hands: new Set(['bob', 'me']) }), 'bob raised a hand.')
    assert.equal(announced(before, before), '')
  })
})
