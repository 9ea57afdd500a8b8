import { CONTRACT, PROTOCOL, type Row, STACK } from './row.ts'

const SRC = 'edge-agent/src'
const SHARED = [CONTRACT, PROTOCOL]

/** Every folder may import these: numbers, settings, and the bounds of the contract's schemas. */
const BELOW_ALL = ['tuning', 'config.ts', 'contract-range.ts']

/** A folder of the agent and the other folders that it uses. They form layers: the list of each names only lower ones. */
function folder(name: string, uses: readonly string[], because: string): Row {
  const path = `${SRC}/${name}`
  const lower = [...uses, ...BELOW_ALL].map((used) => `${SRC}/${used}`)
  return { path, may: [path, ...lower, ...SHARED], because }
}

export const EDGE_AGENT: readonly Row[] = [
  {
    path: `${SRC}/tuning`,
    may: [`${SRC}/tuning`, PROTOCOL],
    packages: [],
    because: 'tuning consists of numbers only',
  },
  folder('capacity', [], 'capacity is arithmetic on readings that are passed to it'),
  folder('livekit', [], 'livekit calls the LiveKit beside the agent and depends on no other part'),
  folder('orders', ['livekit'], 'orders are carried out on LiveKit'),
  folder('moderation', ['livekit'], 'what hosts have decided is carried out on LiveKit'),
  folder('readings', ['capacity', 'livekit'], 'readings are taken from LiveKit and the host'),
  folder('reporting', ['livekit', 'readings'], 'a report contains readings and LiveKit’s state'),
  folder('drain', ['livekit'], 'a drain counts participants; the report loop is passed to it'),
  folder(
    'offline',
    ['livekit', 'readings', 'reporting'],
    'offline mode observes reports and readings, and answers with LiveKit’s rooms',
  ),
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
