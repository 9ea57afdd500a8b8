import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { openWire } from '../../lib/http-wire.ts'

test('every caller gets its own answer over few connections, and a WireFault if there is none', async () => {
  const server = createServer((request, reply) => {
    if (request.url === '/silent') return
    if (request.url === '/cut') return void request.socket.destroy()
    setTimeout(() => reply.setHeader('content-length', 6).end(request.url), Math.random() * 5)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const wire = openWire({ url: `http://localhost:${port}`, connections: 4, timeoutMs: 1_000 })
  try {
    const paths = Array.from({ length: 100 }, (_, i) => `/p-${String(i).padStart(3, '0')}`)
    const bodies = await Promise.all(
      paths.map(async (path) => (await wire.send(wire.call('GET', path))).body),
    )
    assert.deepEqual(bodies, paths)
    await assert.rejects(wire.send(wire.call('GET', '/silent')), { name: 'WireFault' })
    await assert.rejects(wire.send(wire.call('GET', '/cut')), { name: 'WireFault' })
    assert.equal((await wire.send(wire.call('GET', '/p-000'))).body, '/p-000')
    assert.equal(wire.pending(), 0)
  } finally {
    wire.close()
    server.closeAllConnections()
    server.close()
  }
})
