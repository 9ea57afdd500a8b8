/** The listener as a proxy: everything passes unchanged while the link is up, and an outage is detected in time. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  createServer,
  request,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, test } from 'node:test'
import { pino } from 'pino'
import { controlPlaneProxy } from '../../src/offline/listener/proxy.ts'
import { controlPlaneLink, type ControlPlaneLink } from '../../src/offline/control-plane-link.ts'
import { livezProbe } from '../../src/offline/probe.ts'
import { freePort, until } from '../support/workplace.ts'

type Answer = { status: number; headers: IncomingMessage['headersDistinct']; body: Buffer }

const PROBLEM = { 'content-type': 'application/problem+json' }
const GUARD = ['x-levee-listener', 'this-listener'] as const
let upstream: Server
let listener: Server
let link: ControlPlaneLink
/** The control plane's answer to everything but GET /livez. */
let serve: RequestListener
let connections: Socket[]
let lines: string[]

const listen = async (server: Server, port = 0) => {
  server.listen(port, '127.0.0.1')
  server.unref()
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
const startUpstream = (port: number) => {
  upstream = createServer((from, to) => {
    if (from.url === '/base/livez') to.end('{"status":"ok"}')
    else serve(from, to)
  })
  upstream.on('connection', (socket: Socket) => connections.push(socket))
  return listen(upstream, port)
}
const stopUpstream = async () => {
  upstream.closeAllConnections()
  upstream.close()
  if (upstream.listening) await once(upstream, 'close')
}

beforeEach(async () => {
  connections = []
  lines = []
  const url = new URL(`http://127.0.0.1:${await startUpstream(await freePort())}/base/`)
  const log = pino({ level: 'info' }, { write: (text: string) => lines.push(text) })
  link = controlPlaneLink({ probe: livezProbe(url), log })
  const proxy = controlPlaneProxy({ url, link, loopGuard: GUARD })
  listener = createServer((from, to) => {
    void (async () => {
      const isRoom = from.url?.startsWith('/v1/rooms') === true
      const chunks: Buffer[] = []
      if (isRoom) for await (const chunk of from) chunks.push(chunk as Buffer)
      const body = isRoom ? Buffer.concat(chunks) : undefined
      const at = { proto: 'https', host: 'meet.example.org', body, returnStoreProblem: isRoom }
      const passed = link.isDown() ? { kind: 'link-down' } : await proxy(from, to, at)
      if (passed.kind !== 'answered') to.writeHead(299, passed.kind).end(body)
    })()
  })
  await listen(listener)
})
afterEach(async () => {
  link.stop()
  listener.closeAllConnections()
  listener.close()
  await stopUpstream()
})

async function ask(
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: OutgoingHttpHeaders; body?: string | Buffer } = {},
): Promise<Answer> {
  const { port } = listener.address() as AddressInfo
  const call = request({ host: '127.0.0.1', port, path, method, headers, agent: false })
  call.end(body)
  const [answer] = (await once(call, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  return { status: answer.statusCode ?? 0, headers: answer.headersDistinct, body: Buffer.concat(chunks) }
}
const read = async (from: IncomingMessage) => {
  const chunks: Buffer[] = []
  for await (const chunk of from) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

test('methods, paths, bodies, status and headers pass unchanged, except headers of the connection', async () => {
  let seen: IncomingMessage | undefined
  let sent = ''
  serve = (from, to) => {
    seen = from
    void read(from).then((body) => {
      sent = body.toString()
      to.writeHead(418, 'Teapot', {
        'set-cookie': ['a=1', 'b=2'],
        'x-hop': 'x',
        connection: 'x-hop',
        'retry-after': '7',
      })
      to.end('short and stout')
    })
  }
  const answer = await ask('/v1/sites/a%2Fb?x=1&x=2', {
    method: 'PUT',
    headers: {
      cookie: 'levee_operator=x',
      authorization: 'Bearer y',
      'content-type': 'application/json',
      'x-forwarded-for': '10.0.0.7',
      'x-forwarded-host': 'forged.example.org',
      'x-mine': ['1', '2'],
      te: 'trailers',
      'proxy-authorization': 'secret',
      'x-once': 'gone',
      connection: 'keep-alive, x-once',
      'transfer-encoding': 'chunked',
    },
    body: '{"ranges":[]}',
  })
  assert.ok(seen)
  assert.deepEqual([seen.method, seen.url, sent], ['PUT', '/base/v1/sites/a%2Fb?x=1&x=2', '{"ranges":[]}'])
  const { headers } = seen
  assert.partialDeepStrictEqual(headers, {
    cookie: 'levee_operator=x',
    authorization: 'Bearer y',
    'x-mine': '1, 2',
    'x-forwarded-for': '10.0.0.7, 127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'meet.example.org',
  })
  for (const name of ['te', 'proxy-authorization', 'x-once']) assert.equal(headers[name], undefined)
  assert.match(headers.host ?? '', /^127\.0\.0\.1:\d+$/)
  assert.deepEqual([answer.status, answer.body.toString()], [418, 'short and stout'])
  assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2'])
  assert.deepEqual([answer.headers['retry-after'], answer.headers['x-hop']], [['7'], undefined])
})

test('requests without a body, and DELETE with one', async () => {
  serve = (from, to) =>
    void read(from).then((body) =>
      to.end(`${from.method} ${body.length} ${from.headers['transfer-encoding'] ?? '-'}`),
    )
  assert.equal((await ask('/x')).body.toString(), 'GET 0 -')
  assert.equal((await ask('/x', { method: 'HEAD' })).body.toString(), '')
  assert.equal((await ask('/x', { method: 'POST' })).body.toString(), 'POST 0 -')
  assert.equal(
    (
      await ask('/x', { method: 'DELETE', headers: { 'transfer-encoding': 'chunked' }, body: 'abc' })
    ).body.toString(),
    'DELETE 3 chunked',
  )
  assert.equal((await ask('/v1/rooms', { method: 'POST', body: 'abcd' })).body.toString(), 'POST 4 -')
})

test('a large file is streamed and not stored', async () => {
  let more = () => {}
  serve = (_from, to) => {
    to.writeHead(200, { 'content-length': String(8 * 1024 * 1024) })
    to.write(Buffer.alloc(1024))
    more = () => to.end(Buffer.alloc(8 * 1024 * 1024 - 1024))
  }
  const { port } = listener.address() as AddressInfo
  const call = request({ host: '127.0.0.1', port, path: '/assets/x.js', agent: false }).end()
  const [answer] = (await once(call, 'response')) as [IncomingMessage]
  const [first] = (await once(answer, 'data')) as [Buffer]
  let length = first.length
  assert.ok(length <= 1024)
  answer.on('data', (chunk: Buffer) => (length += chunk.length))
  more()
  await once(answer, 'end')
  assert.equal(length, 8 * 1024 * 1024)
})

test('a refusal is passed on; a store problem is returned if requested; neither takes the link down', async () => {
  const say = (code: string) => (_: unknown, to: Parameters<RequestListener>[1]) =>
    to.writeHead(503, PROBLEM).end(JSON.stringify({ code }))
  serve = say('fleet_full')
  assert.equal((await ask('/v1/rooms/x/join', { method: 'POST', body: '{}' })).status, 503)
  serve = say('store_unavailable')
  assert.equal((await ask('/v1/rooms/x/join', { method: 'POST', body: '{}' })).status, 299)
  assert.equal((await ask('/v1/fleet')).status, 503)
  assert.equal(link.isDown(), false)
})

for (const status of [502, 503, 504])
  test(`${status} from a proxy on the way takes the link down`, async () => {
    serve = (_from, to) => to.writeHead(status, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
    assert.equal(
      (await ask('/v1/rooms/x/join', { method: 'POST', body: '{"name":"Ada"}' })).body.toString(),
      '{"name":"Ada"}',
    )
    assert.equal(link.isDown(), true)
  })

test('nothing listens: the link is down at once, and up again within two seconds of the return', async () => {
  const { port } = upstream.address() as AddressInfo
  serve = (_from, to) => to.end('there')
  await stopUpstream()
  const startedAtMs = performance.now()
  assert.equal((await ask('/')).status, 299)
  assert.ok(performance.now() - startedAtMs < 1_000)
  assert.equal((await ask('/')).status, 299)
  await startUpstream(port)
  await until('the link up', () => !link.isDown())
  assert.equal((await ask('/')).body.toString(), 'there')
  assert.equal(lines.filter((text) => text.includes('cannot be reached')).length, 1)
  assert.equal(lines.filter((text) => text.includes('reached again')).length, 1)
})

test('the link is down after 1.5 s of silence, and all waiting clients are answered', async () => {
  const { port } = upstream.address() as AddressInfo
  await stopUpstream()
  upstream = createServer(() => {})
  await listen(upstream, port)
  const startedAtMs = performance.now()
  const answers = await Promise.all([ask('/a'), ask('/v1/rooms/x/join', { method: 'POST', body: '{}' })])
  const tookMs = performance.now() - startedAtMs
  assert.deepEqual(
    answers.map(({ status }) => status),
    [299, 299],
  )
  assert.ok(tookMs > 1_300 && tookMs < 4_000, `${tookMs} ms`)
})

test('a slow answer of a control plane that is alive does not take the link down', async () => {
  serve = (_from, to) => void sleep(2_500).then(() => to.end('at last'))
  assert.equal((await ask('/v1/fleet')).body.toString(), 'at last')
  assert.equal(link.isDown(), false)
})

test('after an idle connection was closed by the other side the request is sent again on a new one, and the link stays up', async () => {
  serve = (_from, to) => to.end('ok')
  await ask('/v1/rooms', { method: 'POST', body: '{}' })
  let asked = 0
  serve = (from, to) => {
    asked += 1
    if (from.socket === connections[0]) from.socket.resetAndDestroy()
    else to.end('again')
  }
  assert.equal((await ask('/v1/rooms', { method: 'POST', body: '{}' })).body.toString(), 'again')
  assert.deepEqual([asked, link.isDown()], [2, false])
})

test('when the client goes away its request is aborted', async () => {
  let closed = false
  serve = (_from, to) => to.on('close', () => (closed = true))
  const { port } = listener.address() as AddressInfo
  const call = request({ host: '127.0.0.1', port, path: '/v1/fleet', agent: false }).end()
  call.on('error', () => {})
  await until('the request', () => connections.length > 0)
  call.destroy()
  await until('its end', () => closed)
  assert.equal(link.isDown(), false)
})

test('an answer that breaks off upstream breaks off for the client too', async () => {
  serve = (_from, to) => {
    to.writeHead(200, { 'content-length': '1000' })
    to.write('x', () => to.destroy())
  }
  await assert.rejects(ask('/assets/x.js'))
})

test('a loop back to the listener is detected', async () => {
  serve = (_from, to) => to.end('never')
  assert.equal((await ask('/', { headers: { [GUARD[0]]: GUARD[1] } })).status, 299)
  assert.ok(lines.some((text) => text.includes('leads back to this listener')))
})

test('another server’s page on /livez is not a control plane', async () => {
  const portal = createServer((_from, to) => to.end('<html>Please sign in'))
  const url = new URL(`http://127.0.0.1:${await listen(portal)}/`)
  await assert.rejects(livezProbe(url)(AbortSignal.timeout(1_000)), /not as a control plane/)
  portal.close()
})
