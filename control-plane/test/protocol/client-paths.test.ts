import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CLIENT_PATHS, hostUrlOf, joinUrlOf } from '../../src/protocol/client-paths.ts'

test('a join link leads to the meeting page, and keeps the host key out of the path', () => {
  const link = joinUrlOf('https://meet.example.org', 'k7qm-9w2xp-4tzrd')
  assert.equal(new URL(link).pathname, CLIENT_PATHS.meeting.replace(':room', 'k7qm-9w2xp-4tzrd'))
  const host = new URL(hostUrlOf(link, 'secret'))
  assert.equal(host.hash, '#host=secret')
  assert.ok(!(host.pathname + host.search).includes('secret'))
})
