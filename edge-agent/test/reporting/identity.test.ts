import assert from 'node:assert/strict'
import { chmod, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { nodeSecret } from '../../src/reporting/identity.ts'
import { tempDir } from '../support/workplace.ts'

test('agents that start at the same moment agree on one secret and leave no other file', async () => {
  const dir = join(await tempDir(), 'deeper')
  const secrets = await Promise.all(Array.from({ length: 8 }, () => nodeSecret(dir, 'edge-1')))
  assert.equal(new Set(secrets).size, 1)
  assert.match(secrets[0] ?? '', /^[A-Za-z0-9_-]{43}$/)
  assert.deepEqual(await readdir(dir), ['edge-1.secret'])
  assert.equal((await stat(dir)).mode & 0o777, 0o700)
})

test('another node has another secret', async () => {
  const dir = await tempDir()
  assert.notEqual(await nodeSecret(dir, 'edge-1'), await nodeSecret(dir, 'edge-2'))
})

test('a file that others can read gets mode 0600 again', async () => {
  const dir = await tempDir()
  const secret = await nodeSecret(dir, 'edge-1')
  await chmod(join(dir, 'edge-1.secret'), 0o644)
  assert.equal(await nodeSecret(dir, 'edge-1'), secret)
  assert.equal((await stat(join(dir, 'edge-1.secret'))).mode & 0o777, 0o600)
})

test('a damaged file: one sentence that does not repeat its content, and no new secret', async () => {
  const dir = await tempDir()
  await writeFile(join(dir, 'edge-1.secret'), 'half-a-sec')
  await assert.rejects(nodeSecret(dir, 'edge-1'), ({ message }: Error) => {
    assert.match(message, /does not contain a node secret; restore it, or remove the file/)
    return !message.includes('half-a-sec')
  })
})
