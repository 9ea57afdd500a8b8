import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connectionStatus } from '../../../src/meeting/connections/connection-status.ts'
import type { Link } from '../../../src/meeting/connections/connection.ts'

describe('the status for the participant', () => {
  const connection = (link: Link, silent = false) => ({ link, silent })
  const of = (link: Link, silent = false, ...others: ReturnType<typeof connection>[]) =>
    connectionStatus(connection(link, silent), others, true)

  test('one connection', () => {
    assert.equal(of('up'), 'connected')
    assert.equal(of('degraded'), 'resuming')
    assert.equal(of('degraded', true), 'reconnecting')
    assert.equal(of('reconnecting'), 'reconnecting')
    assert.equal(of('closed'), 'reconnecting')
    assert.equal(of('connecting'), 'rejoining')
    assert.equal(
      of('up', true),
      'resuming',
      'a connection with an open socket is not given up because of silence',
    )
  })

  test('a promoted standby, or the previous node during a move, is a connection', () => {
    assert.equal(of('degraded', true, connection('up')), 'connected')
    assert.equal(of('connecting', false, connection('up')), 'connected')
    assert.equal(of('connecting', false, connection('degraded')), 'rejoining')
  })

  test('before the first connection', () => {
    assert.equal(connectionStatus(connection('connecting'), [], false), 'connecting')
  })
})
