import { CONTRACT, PROTOCOL, type Row, STACK } from './row.ts'

const SRC = 'edge-agent/src'
const SHARED = [CONTRACT, PROTOCOL]

/** A folder of the agent and the other folders that it uses. They form layers: the list of each names only lower ones. */
function folder(name: string, uses: readonly string[]): Row {
  const path = `${SRC}/${name}`
  const lower = [...uses, 'tuning', 'config.ts', 'metrics.ts'].map((used) => `${SRC}/${used}`)
  return {
    path,
    may: [path, ...lower, ...SHARED],
    because: `${name} uses ${uses.length > 0 ? uses.join(', ') : 'no other folder of the agent'}`,
  }
}

export const EDGE_AGENT: readonly Row[] = [
  { path: `${SRC}/tuning`, may: [`${SRC}/tuning`, PROTOCOL], packages: [], because: 'tuning is numbers' },
  folder('capacity', []),
  folder('livekit', []),
  folder('orders', ['livekit']),
  folder('readings', ['capacity', 'livekit']),
  folder('reporting', ['livekit', 'readings']),
  folder('drain', ['livekit', 'orders', 'reporting']),
  folder('offline', ['livekit', 'readings', 'reporting']),
  {
    path: SRC,
    may: [SRC, ...SHARED],
    because: 'the agent shares the contract and the protocol with the control plane, and nothing else',
  },
  {
    path: 'edge-agent',
    may: ['edge-agent', ...SHARED, ...STACK],
    because: 'tests use their own package, what it shares with the control plane, and the stack',
  },
]
