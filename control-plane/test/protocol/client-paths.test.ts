import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asksForPage, CLIENT_PATHS, hostUrlOf, joinUrlOf } from '../../src/protocol/client-paths.ts'

test('a join link leads to the meeting page, and keeps the host key out of the path', () => {
  const link = joinUrlOf('https://meet.example.org', 'k7qm-9w2xp-4tzrd')
  assert.equal(new URL(link).pathname, CLIENT_PATHS.meeting.replace(':room', 'k7qm-9w2xp-4tzrd'))
  const host = new URL(hostUrlOf(link, 'secret'))
  assert.equal(host.hash, '#host=secret')
  assert.ok(!(host.pathname + host.search).includes('secret'))
})

test('only a browser that opens an address asks for a page', () => {
  const accept = 'text/html,*/*;q=0.8'
  assert.ok(asksForPage({ method: 'GET', url: '/nowhere', headers: { accept } }))
  assert.ok(asksForPage({ method: 'HEAD', url: '/', headers: { accept } }))
  for (const other of [
    { method: 'POST', url: '/nowhere', headers: { accept } },
    { method: 'GET', url: '/v1/rooms', headers: { accept } },
    { method: 'GET', url: '/nowhere', headers: { accept: 'application/json' } },
    { method: 'GET', url: '/nowhere', headers: {} },
  ])
    assert.ok(!asksForPage(other), JSON.stringify(other))
})
