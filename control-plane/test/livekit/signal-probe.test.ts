// A join of the control plane, against a real LiveKit.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import type { AddressInfo } from 'node:net'
import { startStack, type Stack } from '../../../deploy/stack/stack.ts'
import { joinsLivekit } from '../../src/livekit/signal-probe.ts'
import { createTokenSigner } from '../../src/livekit/token.ts'

let stack: Stack
before(async () => (stack = await startStack({ nodes: [{ id: 'real', site: 'hq' }] })))
after(() => stack.stop())

const sign = createTokenSigner()
const PROBE = { roomName: 'control-plane-probe', identity: 'control-plane', name: '', role: 'guest' } as const

test('LiveKit lets the control plane in with the key of the node, and with no other', async () => {
  const { key, url } = stack.nodes[0]!
  assert.equal(await joinsLivekit(url, sign({ ...PROBE, ...key })), true)
  assert.equal(await joinsLivekit(url, sign({ ...PROBE, ...key, apiSecret: 'x'.repeat(32) })), false)
})

test('a server that only answers HTTP lets nobody in', async () => {
  const server = createServer((_request, response) => response.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  assert.equal(await joinsLivekit(`ws://127.0.0.1:${port}`, 'token'), false)
  server.closeAllConnections()
  server.close()
})
