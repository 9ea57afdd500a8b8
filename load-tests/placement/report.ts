// The figures as text and as a chart.
import { type Row, table, verdict } from '../bench/markdown.ts'
import type { ReportScale } from '../fleet/report-scale.ts'
import type { HttpFigures } from './http.ts'
import type { PeerFigures } from './peers/peers.ts'
import { plot } from './plot.ts'

/** What control-plane/bench/placement.ts prints. */
export interface StoreFigures {
  peak: { rule: string; peak: number; mean: number; refused: number }[]
  race: { split: number }
  placements: { nodes: number; callers: number; fresh: Timing; placed: Timing }[]
  reports: { nodes: number; perSec: number; redisMicros: number; replicaMicros: number }[]
  memory: {
    bytesPerNode: number
    perRoom: { rooms: number; bytes: number; redisMicrosPerJoin: number }[]
  }
}
interface Timing {
  perSec: number
  p50Ms: number
  p99Ms: number
  redisMicros: number
  replicaMicros: number
}

export interface Figures {
  machine: string
  date: string
  store: StoreFigures
  http: HttpFigures[]
  peers: PeerFigures
  scale: ReportScale
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-GB')

function httpSection({ http }: Figures): string {
  const row = (
    name: string,
    nodes: number | string,
    one: { perSec: number; p99Ms: number },
    floor: number,
  ): Row => [name, nodes, whole(one.perSec), one.p99Ms, (one.perSec / floor).toFixed(2)]
  const rows = http.flatMap(({ nodes, bare, trivial, placed, fresh }) => [
    row('bare Fastify, another process', nodes, bare, trivial.perSec),
    row('trivial route of the same process', nodes, trivial, trivial.perSec),
    row('join, placed room', nodes, placed, trivial.perSec),
    row('join, new room', nodes, fresh, trivial.perSec),
  ])
  const plain = http.map(({ nodes, plain: { bare, placed } }): Row => [
    nodes,
    whole(bare),
    whole(placed),
    (placed / bare).toFixed(2),
  ])
  const worst = (pick: (one: HttpFigures) => number) => Math.min(...http.map(pick))
  const placedRatio = worst(({ placed, trivial }) => placed.perSec / trivial.perSec)
  const freshRatio = worst(({ fresh, trivial }) => fresh.perSec / trivial.perSec)
  const plainRatio = worst(({ plain: { placed, bare } }) => placed / bare)
  const [first, last] = [http[0], http.at(-1)]
  const growth = (pick: (one: HttpFigures) => number) => (first && last ? pick(first) / pick(last) : 1)
  const placedGrowth = growth(({ placed, trivial }) => placed.perSec / trivial.perSec)
  const freshGrowth = growth(({ fresh, trivial }) => fresh.perSec / trivial.perSec)
  return [
    '## Through HTTP, one replica',
    '',
    'autocannon, 32 connections:',
    '',
    table(['route', 'nodes', 'per second', 'p99 ms', '× trivial route'], rows),
    '',
    'Node’s own HTTP client, 32 connections:',
    '',
    table(['nodes', 'bare Fastify', 'join, placed room', 'ratio'], plain),
    '',
    verdict(
      'Placed room against the trivial route, autocannon, worst fleet',
      placedRatio,
      placedRatio >= 0.4,
      '≥ 0.40',
    ),
    verdict(
      'Placed room against bare Fastify, Node’s client, worst fleet',
      plainRatio,
      plainRatio >= 0.4,
      '≥ 0.40',
    ),
    verdict(
      'New room against the trivial route, autocannon, worst fleet',
      freshRatio,
      freshRatio >= 0.25,
      '≥ 0.25',
    ),
    verdict(
      `${last?.nodes} nodes against ${first?.nodes}, placed rooms`,
      placedGrowth,
      placedGrowth <= 1.2,
      '≤ 1.20',
    ),
    verdict(
      `${last?.nodes} nodes against ${first?.nodes}, new rooms`,
      freshGrowth,
      freshGrowth <= 1.2,
      '≤ 1.20',
    ),
  ].join('\n')
}

function scriptSection({ store }: Figures): string {
  const rows = store.placements.map(({ nodes, callers, fresh, placed }): Row => [
    nodes,
    callers,
    whole(fresh.perSec),
    `${fresh.p50Ms.toFixed(2)} / ${fresh.p99Ms.toFixed(2)}`,
    fresh.redisMicros.toFixed(0),
    whole(placed.perSec),
    `${placed.p50Ms.toFixed(2)} / ${placed.p99Ms.toFixed(2)}`,
    placed.redisMicros.toFixed(0),
  ])
  const reports = store.reports.map(({ nodes, perSec, redisMicros, replicaMicros }): Row => [
    nodes,
    whole(perSec),
    redisMicros.toFixed(0),
    replicaMicros.toFixed(0),
  ])
  return [
    '## Scripts alone',
    '',
    table(
      ['nodes', 'callers', 'new rooms/s', 'p50 / p99 ms', 'Redis µs', 'placed/s', 'p50 / p99 ms', 'Redis µs'],
      rows,
    ),
    '',
    'Reports, 256 at a time:',
    '',
    table(['nodes', 'per second', 'Redis µs', 'client µs'], reports),
  ].join('\n')
}

function peerSection({ peers, store }: Figures): string {
  const ours = (nodes: number, callers: number) =>
    store.placements.find((one) => one.nodes === nodes && one.callers === callers)?.fresh.perSec
  const created = peers.createRoom.map(
    ({ nodes, callers, roomsPerSec, p50Ms, p99Ms, redisBytesPerRoom }): Row => {
      const mine = ours(nodes, callers)
      return [
        nodes,
        callers,
        roomsPerSec.toFixed(0),
        `${p50Ms.toFixed(1)} / ${p99Ms.toFixed(0)}`,
        whole(redisBytesPerRoom),
        mine === undefined ? '' : whole(mine),
        mine === undefined ? '' : `${whole(mine / roomsPerSec)} ×`,
      ]
    },
  )
  const picks = peers.selector.flatMap(({ nodes, selectors }) =>
    selectors.map(({ name, picksPerSec, p50Us, p99Us }): Row => [
      nodes,
      name,
      whole(picksPerSec),
      `${p50Us.toFixed(0)} / ${p99Us.toFixed(0)}`,
    ]),
  )
  const largest = Math.max(...peers.createRoom.map(({ nodes }) => nodes))
  const best = Math.max(
    ...peers.createRoom.filter(({ nodes }) => nodes === largest).map((one) => one.roomsPerSec),
  )
  const mine = Math.max(
    ...store.placements.filter(({ nodes }) => nodes === largest).map((one) => one.fresh.perSec),
  )
  const { race, raceServers } = peers
  return [
    '## LiveKit v1.13.5’s own placement',
    '',
    'Its real server’s `CreateRoom` in cluster mode on a Redis of its own, the fleet’s other nodes seeded as fresh records. It does more than a placement: the room comes alive on the node. It does less: no capacity is reserved, no load is weighed by its default selector, and the heartbeats of the seeded nodes are not written.',
    '',
    table(
      [
        'nodes',
        'callers',
        'rooms/s',
        'p50 / p99 ms',
        'Redis bytes per room',
        'Levee, new rooms/s (scripts)',
        'ratio',
      ],
      created,
    ),
    '',
    'Its selectors in memory, without Redis:',
    '',
    table(['nodes', 'selector', 'picks/s', 'p50 / p99 µs'], picks),
    '',
    verdict(
      `Levee’s new rooms against CreateRoom at ${largest} nodes`,
      mine / best,
      mine / best >= 300,
      '≥ 300',
      0,
    ),
    '',
    '## The same room placed by several at once',
    '',
    table(
      ['', 'rooms', 'racers', 'split'],
      [
        ['Levee, 16 replicas', 2_000, 16, store.race.split],
        ['LiveKit’s allocator, by what each wrote or found', race.rooms, race.replicas, race.splitByAnswer],
        ['LiveKit’s allocator, by what each goes on with', race.rooms, race.replicas, race.splitByUse],
        [
          'two LiveKit servers, alive on both afterwards',
          raceServers.rooms,
          raceServers.servers,
          raceServers.hostedTwice,
        ],
      ],
    ),
    '',
    verdict('Split rooms', store.race.split, store.race.split === 0, '0', 0),
  ].join('\n')
}

function loadSection({ store, scale }: Figures): string {
  const ours = store.peak.at(-1)
  const rooms = store.memory.perRoom.map(({ rooms: count, bytes, redisMicrosPerJoin }): Row => [
    whole(count),
    bytes.toFixed(0),
    redisMicrosPerJoin.toFixed(0),
  ])
  const perRoom = Math.max(...store.memory.perRoom.map(({ bytes }) => bytes))
  const { joins, cpuShare } = scale
  return [
    '## Peak load after a burst',
    '',
    '1,000 nodes of capacity 100, rooms of 1–20 tracks that nobody declares, all within 10 s, reports every 5 s.',
    '',
    table(
      ['rule', 'peak', 'mean', 'refused'],
      store.peak.map(({ rule, peak, mean, refused }) => [rule, peak, mean.toFixed(1), refused]),
    ),
    '',
    verdict('Peak', ours?.peak ?? 0, (ours?.peak ?? 1_000) <= 115, '≤ 115', 0),
    '',
    '## 20,000 nodes reporting while people join',
    '',
    table(
      [
        'reports/s',
        'joins/s',
        'p50 ms',
        'p99 ms',
        'p99.9 ms',
        'replica, cores',
        'Redis, cores',
        'simulator, cores',
      ],
      [
        [
          whole(scale.reportsPerSec),
          whole(joins.perSec),
          joins.p50Ms.toFixed(1),
          joins.p99Ms.toFixed(1),
          joins.p999Ms.toFixed(1),
          cpuShare.replicas.toFixed(2),
          cpuShare.redis.toFixed(2),
          scale.simulatorCpuShare.toFixed(2),
        ],
      ],
    ),
    '',
    `Refused: ${JSON.stringify(joins.refused)}; unanswered: ${joins.unanswered}. The joiners were ${joins.lateP99Ms.toFixed(1)} ms late themselves (p99).`,
    '',
    verdict('Join p99, ms', joins.p99Ms, joins.p99Ms < 25, '< 25', 1),
    '',
    '## Memory of Redis',
    '',
    table(['idle rooms', 'bytes each', 'Redis µs per placed join'], rooms),
    '',
    verdict('Bytes per node', store.memory.bytesPerNode, store.memory.bytesPerNode <= 2_048, '≤ 2,048', 0),
    verdict('Bytes per idle room', perRoom, perRoom <= 600, '≤ 600', 0),
  ].join('\n')
}

export function reportOf(figures: Figures): string {
  const { date, machine } = figures
  return [
    `# Placement, ${date}`,
    `Machine: ${machine}. Everything on it, in one run: generator, servers, Redis. \`npm run bench:placement\`.`,
    `![Placements per second over the number of nodes](${date}-placement.svg)`,
    httpSection(figures),
    scriptSection(figures),
    peerSection(figures),
    loadSection(figures),
    '',
  ].join('\n\n')
}

export function chartOf({ store, http, peers }: Figures): string {
  const of = (callers: number, pick: 'fresh' | 'placed') =>
    store.placements
      .filter((one) => one.callers === callers)
      .map((one) => ({ x: one.nodes, y: one[pick].perSec }))
  return plot('Placements per second, by the size of the fleet', 'nodes', 'per second', [
    { name: 'Levee, placed, scripts, 64 callers', points: of(64, 'placed') },
    { name: 'Levee, new, scripts, 64 callers', points: of(64, 'fresh') },
    {
      name: 'Levee, placed, through HTTP',
      points: http.map(({ nodes, placed }) => ({ x: nodes, y: placed.perSec })),
    },
    {
      name: 'Levee, new, through HTTP',
      points: http.map(({ nodes, fresh }) => ({ x: nodes, y: fresh.perSec })),
    },
    {
      name: 'LiveKit CreateRoom, 16 callers',
      points: peers.createRoom
        .filter(({ callers }) => callers === 16)
        .map((one) => ({ x: one.nodes, y: one.roomsPerSec })),
    },
    {
      name: 'LiveKit CreateRoom, 1 caller',
      points: peers.createRoom
        .filter(({ callers }) => callers === 1)
        .map((one) => ({ x: one.nodes, y: one.roomsPerSec })),
    },
  ])
}
