import { type Row, STACK } from './row.ts'

const SRC = 'control-plane/src'
const INNER = [`${SRC}/domain`, `${SRC}/protocol`, `${SRC}/tuning`]

/** Without `packages`, any package may be imported. */
function adapter(name: string, packages?: readonly string[]): Row {
  const path = `${SRC}/${name}`
  return {
    path,
    may: [path, ...INNER],
    ...(packages && { packages }),
    because: 'an adapter depends on the domain and its own library, and on no other adapter',
  }
}

function useCases(noun: string): Row {
  const path = `${SRC}/use-cases/${noun}`
  return {
    path,
    may: [path, ...INNER],
    packages: ['lru-cache'],
    because: 'a use case depends on the domain; everything else is passed to it',
  }
}

export const CONTROL_PLANE: readonly Row[] = [
  {
    path: `${SRC}/protocol`,
    may: [`${SRC}/protocol`],
    packages: [
      'helmet',
      'node:crypto#createHmac,hash',
      'node:http#IncomingMessage,ServerResponse',
      'node:net#isIP,Socket',
      'node:path#resolve',
    ],
    because: 'the protocol consists of values that the control plane, the agent and the client share',
  },
  {
    path: `${SRC}/contract`,
    may: [`${SRC}/contract`, `${SRC}/protocol`],
    packages: ['typebox'],
    because: 'the contract consists of schemas only, so that every package can import it',
  },
  {
    path: `${SRC}/domain`,
    may: [`${SRC}/domain`, `${SRC}/protocol`],
    // Hashes and address ranges are computed from values; everything else in these modules is random or I/O.
    packages: ['node:crypto#createHmac,hash', 'node:net#BlockList,isIP,isIPv6'],
    because: 'the domain computes with values: no clock, no random numbers, no I/O',
  },
  useCases('rooms'),
  useCases('nodes'),
  useCases('sites'),
  useCases('tenants'),
  useCases('operators'),
  adapter('redis', ['redis', 'lru-cache', 'node:', 'pino']),
  adapter('livekit', ['livekit-server-sdk', 'fast-jwt', 'lru-cache', 'node:']),
  adapter('secrets'),
  adapter('metrics', ['prom-client', 'node:']),
  {
    path: `${SRC}/http`,
    may: [`${SRC}/http`, `${SRC}/use-cases`, `${SRC}/contract`, `${SRC}/protocol`, `${SRC}/tuning`],
    packages: ['ajv', 'fastify', '@fastify', 'cookie', 'typebox', 'pino', 'node:'],
    because: 'http calls use cases; it depends on neither the domain nor an adapter',
  },
  {
    path: `${SRC}/tuning`,
    may: [`${SRC}/tuning`, `${SRC}/protocol`],
    packages: [],
    because: 'tuning consists of numbers only',
  },
  {
    path: `${SRC}/main.ts`,
    may: [SRC],
    because: 'main reads the configuration, listens and stops',
  },
  {
    path: `${SRC}/wiring.ts`,
    may: [SRC],
    because: 'wiring assembles the parts of the control plane, and nothing else',
  },
  {
    path: SRC,
    may: [`${SRC}/protocol`, `${SRC}/tuning`],
    packages: ['typebox', 'node:'],
    because: 'the configuration depends on no other part',
  },
  {
    path: 'control-plane',
    may: ['control-plane', ...STACK],
    because: 'tests use their own package and the stack',
  },
]
