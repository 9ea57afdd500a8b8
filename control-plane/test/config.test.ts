// The messages that an administrator sees after a typing error.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../src/config.ts'

const GOOD = {
  LEVEE_PUBLIC_URL: 'https://meet.example.org',
  LEVEE_REDIS_URL: 'redis://redis:6379',
  LEVEE_MASTER_KEY: 'm'.repeat(43),
  LEVEE_ENROLMENT_KEY: 'nMZ0uWnQpVq5b7s1TqCkXw2R',
  LEVEE_OPERATOR_KEY: 'vJ4yK8hQe1rT6uPz3xDs9bWm',
  LEVEE_METRICS_KEY: 'Gf2cH7kLq9wE4tY6uI8oPzXv',
  LEVEE_WEB_DIR: '/srv/web',
}

function faultsOf(env: Record<string, string>): string[] {
  const config = readConfig(env)
  assert.ok('faults' in config, 'it was accepted')
  return config.faults
}

test('a complete configuration is read, with defaults for the rest', () => {
  const read = readConfig({ ...GOOD, LEVEE_PORT: '9000', PATH: '/bin' })
  assert.ok('config' in read, JSON.stringify(read))
  assert.equal(read.config.port, 9000)
  assert.equal(read.config.roomCreation, 'anyone')
})

test('all faults are reported at once, without repeating a value', () => {
  const faults = faultsOf({
    LEVEE_PUBLIC_URL: 'meet.example.org',
    LEVEE_REDIS_URL: 'http://hush-redis',
    LEVEE_MASTER_KEY: 'hush-short',
    LEVEE_PORT: '80800',
    LEVEE_JOIN_RATE_PER_MIN: 'many',
    LEVEE_ROOM_CREATION: 'everyone',
    LEVEE_ENROLLMENT_KEY: 'hush-typo',
  })
  for (const name of [
    'LEVEE_PUBLIC_URL',
    'LEVEE_REDIS_URL',
    'LEVEE_MASTER_KEY',
    'LEVEE_PORT',
    'LEVEE_JOIN_RATE_PER_MIN',
    'LEVEE_ROOM_CREATION',
    'LEVEE_ENROLLMENT_KEY',
    'LEVEE_ENROLMENT_KEY',
    'LEVEE_OPERATOR_KEY',
    'LEVEE_METRICS_KEY',
    'LEVEE_WEB_DIR',
  ])
    assert.equal(faults.filter((fault) => fault.startsWith(`${name} `)).length, 1, name)
  assert.ok(!faults.join(' ').includes('hush'), 'values may be secrets')
  for (const fault of faults) assert.match(fault, /\.$/)
})

test('there is no default for a secret', () => {
  for (const name of Object.keys(GOOD).filter((key) => key.endsWith('_KEY'))) {
    const { [name as keyof typeof GOOD]: _, ...rest } = GOOD
    assert.deepEqual(
      faultsOf(rest).map((fault) => fault.split(' ')[0]),
      [name],
    )
  }
})

test('plain http is refused in production and allowed in local mode', () => {
  const plain = { ...GOOD, LEVEE_PUBLIC_URL: 'http://localhost:8080' }
  assert.match(faultsOf(plain).join(), /LEVEE_PUBLIC_URL/)
  assert.ok(!('faults' in readConfig({ ...plain, LEVEE_MODE: 'local' })))
})

test('keys that are weak, repeat themselves or are used twice are refused in production, each in one sentence', () => {
  const cases: [name: string, key: string, fault: RegExp][] = [
    ['LEVEE_OPERATOR_KEY', 'o'.repeat(32), /repeats itself/],
    ['LEVEE_OPERATOR_KEY', 'abcd1234abcd1234abcd1234', /repeats itself/],
    ['LEVEE_METRICS_KEY', 'my-own-Password-for-metrics', /is tried first/],
    ['LEVEE_ENROLMENT_KEY', 'changeme-changeme-changeme', /is tried first/],
    ['LEVEE_METRICS_KEY', GOOD.LEVEE_OPERATOR_KEY, /the same key as LEVEE_OPERATOR_KEY/],
  ]
  for (const [name, key, fault] of cases) {
    const faults = faultsOf({ ...GOOD, [name]: key })
    assert.equal(faults.length, 1, name)
    assert.match(faults[0] ?? '', fault)
    assert.ok(!faults.join().includes(key), 'the key is not printed')
    assert.ok('config' in readConfig({ ...GOOD, LEVEE_MODE: 'local', [name]: key }), 'a local trial may')
  }
})
