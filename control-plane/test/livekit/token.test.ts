// The token signer against LiveKit's own library, which must accept its tokens and sign the same claims.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AccessToken, TokenVerifier } from 'livekit-server-sdk'
import type { TokenRequest } from '../../src/domain/rooms.ts'
import { createTokenSigner } from '../../src/livekit/token.ts'

const request: TokenRequest = {
  apiKey: 'key-1',
  apiSecret: 's'.repeat(40),
  roomName: 'abc~3',
  identity: 'one',
  name: 'Zoë “Z” 周',
  role: 'guest',
}

/** What the library would sign, without the times. */
async function claimsOf(token: string, { apiKey, apiSecret }: TokenRequest) {
  const { exp, nbf, iat, ...claims } = (await new TokenVerifier(apiKey, apiSecret).verify(token)) as Record<
    string,
    unknown
  >
  assert.ok(Number.isInteger(exp))
  return { claims, exp: Number(exp), from: Number(nbf ?? iat) }
}

test('LiveKit’s library accepts the tokens and signs the same claims', async () => {
  const sign = createTokenSigner()
  for (const role of ['guest', 'host'] as const) {
    const ours = await claimsOf(sign({ ...request, role }), request)
    const theirs = new AccessToken(request.apiKey, request.apiSecret, {
      identity: request.identity,
      name: request.name,
      ttl: 120,
      attributes: { role },
    })
    theirs.addGrant({
      roomJoin: true,
      room: request.roomName,
      canPublish: true,
      canSubscribe: true,
      canPublishData: true,
      canUpdateOwnMetadata: false,
      ...(role === 'host' ? { roomAdmin: true } : {}),
    })
    const expected = await claimsOf(await theirs.toJwt(), request)
    assert.deepEqual(ours.claims, expected.claims)
    assert.equal(ours.exp - ours.from, 120)
    assert.equal(expected.exp - expected.from, 120)
  }
})

test('each node’s tokens carry its own key, also when a node changes only its key or only its secret', async () => {
  const sign = createTokenSigner()
  for (const change of [{}, { apiKey: 'key-2' }, { apiSecret: 't'.repeat(40) }, {}]) {
    const changed = { ...request, ...change }
    const { claims } = await claimsOf(sign(changed), changed)
    assert.equal(claims['iss'], changed.apiKey)
  }
})
