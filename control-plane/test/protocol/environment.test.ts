import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ipRanges, oneOf, port, readEnvironment, wholeNumber } from '../../src/protocol/environment.ts'

const read = (env: Record<string, string>) =>
  readEnvironment(env, 'the test', ({ required, optional, withDefault }) => ({
    port: required('LEVEE_PORT', port, 'the port to listen on'),
    mode: withDefault('LEVEE_MODE', oneOf('fast', 'slow'), 'slow'),
    limit: optional('LEVEE_LIMIT', wholeNumber(1, 9)),
    proxies: withDefault('LEVEE_PROXIES', ipRanges, []),
  }))

test('values are parsed, and variables that are not set or blank have their defaults', () => {
  assert.deepEqual(
    read({ LEVEE_PORT: ' 80 ', LEVEE_MODE: ' ', LEVEE_PROXIES: '10.0.0.0/8, fd00::1', HOME: '/' }),
    {
      config: { port: 80, mode: 'slow', limit: undefined, proxies: ['10.0.0.0/8', 'fd00::1'] },
    },
  )
})

test('all faults are reported at once, one sentence each; values, which may be secrets, are not repeated', () => {
  const secret = 'hush'
  assert.deepEqual(read({ LEVEE_MODE: secret, LEVEE_LIMIT: '10', LEVEE_PROXIES: '10.0.0.0/40' }), {
    faults: [
      'LEVEE_PORT is missing: the port to listen on.',
      'LEVEE_MODE must be one of fast, slow.',
      'LEVEE_LIMIT must be a whole number from 1 to 9.',
      'LEVEE_PROXIES must be addresses or CIDR ranges (not /0), comma-separated.',
    ],
  })
})

test('a LEVEE_ variable that nothing reads is a fault', () => {
  assert.deepEqual(read({ LEVEE_PORT: '80', LEVEE_PROT: '81' }), {
    faults: ['LEVEE_PROT is not a setting of the test.'],
  })
})
