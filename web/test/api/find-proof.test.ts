import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasZeroBits, proofText } from '@levee/control-plane/protocol/proof-of-work'
import { findProof } from '../../src/api/find-proof.ts'

const hashOf = async (text: string) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))

test('the proof is for this challenge and this key', async () => {
  const nonce = await findProof('challenge', 'the key', 10)
  assert.ok(hasZeroBits(await hashOf(proofText('challenge', 'the key', nonce)), 10))
  // One of a thousand hashes fits by chance.
  const others = await Promise.all(
    ['another', 'the keys'].map((key) => hashOf(proofText('challenge', key, nonce))),
  )
  assert.ok(!others.every((hash) => hasZeroBits(hash, 10)))
})

test('zero bits are counted from the first bit of the first byte', () => {
  assert.ok(hasZeroBits(Uint8Array.of(0, 0x0f), 12))
  assert.ok(!hasZeroBits(Uint8Array.of(0, 0x1f), 12))
  assert.ok(!hasZeroBits(Uint8Array.of(0x80), 1))
  assert.ok(!hasZeroBits(Uint8Array.of(0), 9))
})
