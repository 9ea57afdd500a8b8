// The page for a mistyped path.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { type ControlPlaneStack, startControlPlanes } from '../../../deploy/stack/control-plane-stack.ts'
import { ensureWebBuild } from '../../../deploy/stack/tools/web-build.ts'

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string }

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
const UNKNOWN = ['/nowhere', '/nowhere/deeper?q=1', '/assets/gone.js', '//nowhere', '/m/../../etc/passwd']

let stack: ControlPlaneStack
before(async () => {
  await ensureWebBuild()
  stack = await startControlPlanes({ replicas: 1, logLevel: 'warn' })
})
after(() => stack.stop())

/** Not fetch, which would resolve `//` and `..` before it sends the path. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { hostname, port } = new URL(stack.url)
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method, headers }, async (response) => {
      const chunks = await response.toArray()
      const text = Buffer.concat(chunks as Buffer[]).toString()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
    })
      .on('error', reject)
      .end()
  })
}

test('a browser gets the client with 404, which nothing may keep', async () => {
  const start = await get('/', { accept: BROWSER })
  for (const path of UNKNOWN) {
    // The validators of the start page, as if the browser had it in its cache.
    const conditions = {
      'if-none-match': String(start.headers['etag']),
      'if-modified-since': String(start.headers['last-modified']),
      range: 'bytes=0-9',
    }
    for (const headers of [{}, conditions]) {
      const page = await get(path, { accept: BROWSER, ...headers })
      assert.equal(page.status, 404, path)
      assert.equal(page.headers['cache-control'], 'no-store')
      assert.equal(page.text, start.text)
    }
    const { headers } = await get(path, { accept: BROWSER })
    assert.match(String(headers['content-type']), /^text\/html/)
    assert.deepEqual([headers['etag'], headers['last-modified']], [undefined, undefined])
    for (const name of [
      'content-security-policy',
      'permissions-policy',
      'referrer-policy',
      'x-frame-options',
    ])
      assert.equal(headers[name], start.headers[name], name)
  }
  assert.equal((await get('/nowhere', { accept: BROWSER }, 'HEAD')).status, 404)
})

test('programs get a problem, and so does everyone below /v1', async () => {
  const requests = [
    ...UNKNOWN.map((path) => get(path, { accept: 'application/json' })),
    ...UNKNOWN.map((path) => get(path)),
    get('/v1/nothing', { accept: BROWSER }),
    get('/nowhere', { accept: BROWSER }, 'POST'),
  ]
  for (const { status, headers, text } of await Promise.all(requests)) {
    assert.equal(status, 404)
    assert.match(String(headers['content-type']), /^application\/problem\+json/)
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal((JSON.parse(text) as { code: string }).code, 'not_found')
  }
})
