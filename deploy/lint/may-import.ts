// Who may import whom. One table, read by the lint rule; a room that is not listed may import anything of its own.

export interface Room {
  /** Folder or file; the longest match decides. */
  readonly room: string
  /** Folders and files of this repository. */
  readonly may: readonly string[]
  /** The same, for `import type` only. */
  readonly types?: readonly string[]
  /** Packages by name or scope; absent: any. `name#a,b`: only these names of it. */
  readonly packages?: readonly string[]
  readonly because: string
}

const CONTRACT = '@levee/control-plane/contract'
/** Values that both ends share. */
const PROTOCOL = '@levee/control-plane/protocol'
const RUNNER = ['deploy/stack', 'deploy/setup', 'deploy/local', 'deploy/checks']

export const ROOMS: readonly Room[] = [
  {
    room: 'control-plane/src/domain',
    may: ['control-plane/src/domain', 'control-plane/src/protocol'],
    // A hash and a range of addresses are sums on values; everything else there is random or I/O.
    packages: ['node:crypto#createHmac,hash', 'node:net#BlockList,isIP,isIPv6'],
    because: 'the domain is sums on values: no clock, no random, no I/O',
  },
  {
    room: 'control-plane/src/protocol',
    may: ['control-plane/src/protocol'],
    packages: [
      'helmet',
      'node:crypto#createHmac,hash',
      'node:http#IncomingMessage,ServerResponse',
      'node:net#isIP,Socket',
      'node:path#resolve',
    ],
    because: 'the protocol is values that both ends share',
  },
  {
    room: 'control-plane/src/contract',
    may: ['control-plane/src/contract', 'control-plane/src/protocol'],
    packages: ['typebox'],
    because: 'the contract is shapes alone, so that everybody can read it',
  },
  {
    room: 'control-plane/src/use-cases',
    may: [
      'control-plane/src/use-cases',
      'control-plane/src/domain',
      'control-plane/src/protocol',
      'control-plane/src/tuning',
    ],
    packages: ['lru-cache'],
    because: 'use-cases know the domain alone; the outside is handed to them',
  },
  {
    room: 'control-plane/src/redis',
    may: [
      'control-plane/src/redis',
      'control-plane/src/domain',
      'control-plane/src/protocol',
      'control-plane/src/tuning',
    ],
    packages: ['redis', 'node:', 'pino'],
    because: 'redis knows the domain and its own library',
  },
  {
    room: 'control-plane/src/livekit',
    may: [
      'control-plane/src/livekit',
      'control-plane/src/domain',
      'control-plane/src/protocol',
      'control-plane/src/tuning',
    ],
    packages: ['livekit-server-sdk', 'fast-jwt', 'lru-cache', 'node:'],
    because: 'livekit knows the domain and its own library',
  },
  {
    room: 'control-plane/src/secrets',
    may: [
      'control-plane/src/secrets',
      'control-plane/src/domain',
      'control-plane/src/protocol',
      'control-plane/src/tuning',
    ],
    because: 'secrets know the domain and their own library',
  },
  {
    room: 'control-plane/src/metrics',
    may: [
      'control-plane/src/metrics',
      'control-plane/src/domain',
      'control-plane/src/protocol',
      'control-plane/src/contract',
    ],
    types: ['control-plane/src/use-cases'],
    packages: ['prom-client', 'node:'],
    because: 'metrics count what they are handed',
  },
  {
    room: 'control-plane/src/http',
    may: [
      'control-plane/src/http',
      'control-plane/src/use-cases',
      'control-plane/src/contract',
      'control-plane/src/domain',
      'control-plane/src/protocol',
      'control-plane/src/tuning',
    ],
    packages: ['fastify', '@fastify', 'helmet', 'cookie', 'typebox', 'pino', 'node:'],
    because: 'http knows use-cases and the contract, never redis, livekit or metrics',
  },
  {
    room: 'control-plane/src/main.ts',
    may: ['control-plane/src'],
    because: 'main wires the control plane, and nothing else',
  },
  {
    room: 'control-plane/src',
    may: ['control-plane/src/tuning', 'control-plane/src/protocol'],
    packages: ['typebox', 'node:'],
    because: 'configuration and tuning stand alone',
  },
  {
    room: 'control-plane',
    may: ['control-plane', ...RUNNER],
    because: 'tests use their own room and the stack',
  },
  {
    room: 'edge-agent/src',
    may: ['edge-agent/src', PROTOCOL, CONTRACT],
    because: 'the agent shares the contract and the protocol with the control plane, and nothing else',
  },
  {
    room: 'edge-agent',
    may: ['edge-agent', ...RUNNER, PROTOCOL, CONTRACT],
    because: 'tests use their own room and the stack',
  },
  {
    room: 'web/src',
    may: ['web/src', PROTOCOL],
    types: [CONTRACT],
    because: 'the client shares the protocol and the types of the contract with the control plane',
  },
  {
    room: 'web',
    may: ['web', ...RUNNER, '@levee/deploy', PROTOCOL],
    types: [CONTRACT],
    because: 'tests use their own room and the stack',
  },
  {
    room: 'load-tests',
    may: ['load-tests', ...RUNNER, '@levee/deploy', PROTOCOL],
    types: [CONTRACT],
    because: 'load tests share nothing with the others but the types of the contract and the stack',
  },
  { room: 'deploy', may: ['deploy'], because: 'deploy starts the others as processes' },
]

/** These see everything of their room, so nobody may lean on them. */
export const NOBODY_IMPORTS = ['control-plane/src/main.ts', 'edge-agent/src/main.ts', 'web/src/main.tsx']

export interface Import {
  /** Path of the importing file in the repository. */
  from: string
  /** Path in the repository, or a package as written. */
  target: string
  isPackage: boolean
  typesOnly: boolean
  /** Undefined: all of it (a namespace, `import()`, `export *`). */
  names: readonly string[] | undefined
}

/** Gives the reason why not, or undefined when it is fine. */
export function whyNot({ from, target, isPackage, typesOnly, names }: Import): string | undefined {
  if (NOBODY_IMPORTS.includes(target)) return `nobody imports ${target}`
  const room = roomOf(from)
  if (!room) return undefined
  const inside = (path: string) => (folder: string) => path === folder || path.startsWith(`${folder}/`)
  if (room.may.some(inside(target)) || (typesOnly && room.types?.some(inside(target)))) return undefined
  // Packages of this workspace are rooms as well, and were not listed.
  const foreign = isPackage && !target.startsWith('@levee/')
  if (foreign && (!room.packages || room.packages.some((allowed) => fits(allowed, target, names))))
    return undefined
  return room.because
}

function roomOf(file: string): Room | undefined {
  return ROOMS.filter(({ room }) => file === room || file.startsWith(`${room}/`)).toSorted(
    (a, b) => b.room.length - a.room.length,
  )[0]
}

function fits(allowed: string, target: string, names: readonly string[] | undefined): boolean {
  const [name = '', only] = allowed.split('#')
  if (only)
    return target === name && names !== undefined && names.every((one) => only.split(',').includes(one))
  return target === name || target.startsWith(name.endsWith(':') ? name : `${name}/`)
}
