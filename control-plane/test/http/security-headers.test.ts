// The security headers of pages and API responses.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ControlPlaneStack, startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import { ensureWebBuild } from '../../../deploy/stack/tools/web-build.ts'

let stack: ControlPlaneStack
before(async () => {
  await ensureWebBuild()
  stack = await startControlPlanes({ logLevel: 'warn' })
})
after(() => stack.stop())

const headersOf = async (path: string) => (await fetch(stack.url + path)).headers

test('pages may load only from their own origin, and run no inline script or style', async () => {
  for (const path of ['/', '/m/anything', '/ops']) {
    const headers = await headersOf(path)
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/)
    for (const kind of ['script', 'style', 'font'])
      assert.match(policy, new RegExp(`${kind}-src 'self'(;|$)`))
    assert.doesNotMatch(policy, /unsafe|(?<!:)\*|https?:\/\/(?!localhost|127)/)
    assert.match(policy, /frame-ancestors 'self'/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
    assert.match(headers.get('permissions-policy') ?? '', /camera=\(self\).*geolocation=\(\)/)
  }
})

test('API responses may load nothing and are never stored', async () => {
  for (const path of ['/v1/rooms/unknown', '/v1/fleet', '/v1/none', '/v1/audit']) {
    const headers = await headersOf(path)
    assert.equal(headers.get('content-security-policy'), "default-src 'none';frame-ancestors 'none'")
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('cache-control'), 'no-store')
  }
})

test('the API’s reference page works under a policy of its own', async () => {
  const reply = await fetch(`${stack.url}/docs/`)
  assert.equal(reply.status, 200)
  assert.match(reply.headers.get('content-security-policy') ?? '', /default-src 'self'/)
})

test('no response names the server software', async () => {
  for (const path of ['/', '/v1/fleet']) {
    const headers = await headersOf(path)
    assert.equal(headers.get('x-powered-by'), null)
    assert.equal(headers.get('server'), null)
  }
})
