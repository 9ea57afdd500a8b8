import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createKeyring } from '../../src/secrets/keyring.ts'
import { unsealedSecrets } from '../../src/secrets/unsealed-secrets.ts'

const keyring = createKeyring('m'.repeat(43))

function counted(ttlMs?: number) {
  let unsealed = 0
  const unseal = unsealedSecrets(
    {
      unseal: (node, sealed) => {
        unsealed++
        return keyring.unseal(node, sealed)
      },
    },
    ttlMs,
  )
  return { unseal, count: () => unsealed }
}

test('a secret is unsealed once; a node with another secret is noticed at once', () => {
  const { unseal, count } = counted()
  const first = keyring.seal('n1', 'first secret')
  for (let i = 0; i < 3; i++) assert.equal(unseal('n1', first), 'first secret')
  assert.equal(count(), 1)
  assert.equal(unseal('n1', keyring.seal('n1', 'second secret')), 'second secret')
  assert.equal(count(), 2)
})

test('a secret is removed from memory when it expires', async () => {
  const { unseal, count } = counted(20)
  const sealed = keyring.seal('n1', 'a secret')
  unseal('n1', sealed)
  await pause(60)
  assert.equal(unseal('n1', sealed), 'a secret')
  assert.equal(count(), 2)
})

test('a sealed secret opens only for its node and with the same master key', () => {
  const sealed = keyring.seal('n1', 'a secret')
  assert.throws(() => counted().unseal('n2', sealed))
  assert.throws(() => createKeyring('n'.repeat(43)).unseal('n1', sealed))
  assert.throws(() => keyring.unseal('n1', sealed.replace('v1.', 'v2.')), /unknown version/)
})
